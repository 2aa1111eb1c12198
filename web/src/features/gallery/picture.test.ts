import { expect, test } from "vitest";
import { uprightSize, zoomUrl } from "./picture";

test("a rotated portrait stands upright", () => {
  expect(uprightSize({ width: 4000, height: 3000, orientation: 6 })).toEqual({
    width: 3000,
    height: 4000,
  });
});

test("a mirrored or turned-over image keeps its sides", () => {
  for (const orientation of [1, 2, 3, 4]) {
    expect(uprightSize({ width: 4, height: 3, orientation })).toEqual({ width: 4, height: 3 });
  }
});

test("an image of unknown size gets a square", () => {
  expect(uprightSize({ width: null, height: null, orientation: 1 })).toEqual({
    width: 1,
    height: 1,
  });
});

test("HEIC is zoomed by its preview, which browsers can show", () => {
  expect(zoomUrl({ image_id: "x", mime_type: "image/heic" })).toContain("thumbnail?size=1600");
  expect(zoomUrl({ image_id: "x", mime_type: "image/jpeg" })).toBe("/api/v1/images/x");
});
