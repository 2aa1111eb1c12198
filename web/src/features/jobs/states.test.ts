import { expect, test } from "vitest";
import { hasRetryable, isFinished, isMoving, isRetryable } from "./states";

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

const retryable = true;

test("only what failed or went away in a finished job can be tried again", () => {
  expect(isRetryable({ retryable, state: "partial" }, "failed")).toBe(true);
  expect(isRetryable({ retryable, state: "completed" }, "gone")).toBe(true);
  expect(isRetryable({ retryable, state: "running" }, "failed")).toBe(false);
  expect(isRetryable({ retryable, state: "partial" }, "skipped")).toBe(false);
});

test("what the server says cannot be tried again is imported again", () => {
  expect(isRetryable({ retryable: false, state: "partial" }, "failed")).toBe(false);
});

test("a job of which only a folder was refused can be tried again", () => {
  const refused = { ...balance, folders: { listed: 1, failed: 1 } };
  expect(hasRetryable({ retryable, state: "partial", balance: refused })).toBe(true);
  expect(hasRetryable({ retryable, state: "running", balance: refused })).toBe(false);
  expect(hasRetryable({ retryable, state: "completed", balance })).toBe(false);
});
