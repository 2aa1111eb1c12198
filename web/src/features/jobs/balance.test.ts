import { expect, test } from "vitest";
import type { Balance } from "@/lib/api/types";
import { fates, gapOf, metFates, segmentsOf, settledOf } from "./balance";

const nothing: Balance = {
  listed: 0,
  pending: 0,
  stored: 0,
  duplicate: 0,
  skipped: 0,
  failed: 0,
  gone: 0,
  cancelled: 0,
  folders: { listed: 0, failed: 0 },
};

test("books that add up have no gap", () => {
  const balance = {
    ...nothing,
    listed: 10,
    pending: 2,
    stored: 4,
    duplicate: 1,
    skipped: 1,
    failed: 1,
    gone: 1,
  };
  expect(gapOf(balance)).toBe(0);
  expect(settledOf(balance)).toBe(8);
});

test("a file without a fate is a gap", () => {
  expect(gapOf({ ...nothing, listed: 10, stored: 9 })).toBe(1);
});

test("a bar's shares follow the counts", () => {
  expect(segmentsOf({ ...nothing, listed: 4, stored: 3, pending: 1 })).toEqual([
    { fate: "stored", count: 3, share: 75 },
    { fate: "pending", count: 1, share: 25 },
  ]);
});

test("one failure among a million can be seen, and the bar is still full", () => {
  const segments = segmentsOf({
    ...nothing,
    listed: 1_000_000,
    stored: 999_998,
    failed: 1,
    gone: 1,
  });
  expect(segments.find(({ fate }) => fate === "failed")?.share).toBeCloseTo(0.6);
  expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
});

test("the bar's parts stand in the order of the equation", () => {
  const all = { ...nothing, listed: 7 * 1000 };
  for (const fate of fates) all[fate] = 1000;
  expect(segmentsOf(all).map(({ fate }) => fate)).toEqual([...fates]);
});

test("the fates of a line account for every listed file", () => {
  const balance = { ...nothing, listed: 63, stored: 55, failed: 2, skipped: 5, duplicate: 1 };
  expect(metFates(balance)).toEqual([
    { fate: "stored", count: 55 },
    { fate: "duplicate", count: 1 },
    { fate: "skipped", count: 5 },
    { fate: "failed", count: 2 },
  ]);
});

test("an empty folder has an empty bar", () => {
  expect(segmentsOf(nothing)).toEqual([]);
});
