import i18n from "i18next";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatDuration, formatElapsed } from "./format";

beforeAll(() => i18n.init({ lng: "en" }));
afterAll(() => i18n.changeLanguage("en"));

test("a duration is told in its two largest units, as the server tells it", () => {
  const told = [0.2, 59.6, 370, 22_231, 86_400, 200_000].map(formatDuration);
  expect(told).toEqual(["1 s", "1 min", "6 min 10 s", "6 h 10 min", "1 day", "2 days 7 h"]);
});

test("a short measured time has a decimal", () => {
  expect([0.02, 0.59, 3, 9.96, 61].map(formatElapsed)).toEqual([
    "0.1 s",
    "0.6 s",
    "3.0 s",
    "10 s",
    "1 min 1 s",
  ]);
});

test("durations speak the reader’s language", async () => {
  await i18n.changeLanguage("de");
  expect(formatDuration(200_000)).toBe("2 Tage 7 h");
  expect(formatElapsed(0.59)).toBe("0,6 s");
});
