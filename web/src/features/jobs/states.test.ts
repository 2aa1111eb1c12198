import { expect, test } from "vitest";
import { isFinished, isMoving, isRetryable } from "./states";

const balance = {
  listed: 9,
  pending: 9,
  stored: 0,
  duplicate: 0,
  skipped: 0,
  failed: 0,
  gone: 0,
  cancelled: 0,
  folders: { listed: 1, failed: 0 },
};

test("a cancelled job is watched until its last pending file is settled", () => {
  expect(isMoving({ state: "cancelled", balance })).toBe(true);
  expect(isMoving({ state: "cancelled", balance: { ...balance, pending: 0 } })).toBe(false);
});

test("a paused job is neither moving nor finished", () => {
  expect(isMoving({ state: "paused", balance })).toBe(false);
  expect(isFinished({ state: "paused" })).toBe(false);
});

test("only what failed or went away in a finished job can be tried again", () => {
  expect(isRetryable({ state: "partial" }, "failed")).toBe(true);
  expect(isRetryable({ state: "cancelled" }, "gone")).toBe(true);
  expect(isRetryable({ state: "running" }, "failed")).toBe(false);
  expect(isRetryable({ state: "partial" }, "skipped")).toBe(false);
});
