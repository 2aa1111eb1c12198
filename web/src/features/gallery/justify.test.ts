import { describe, expect, test } from "vitest";
import { justifyRows, nearestTile, type Row, type Size } from "./justify";

const frame = { width: 1000, targetHeight: 200, gap: 10, more: false };
const landscape: Size = { width: 3000, height: 2000 };
const portrait: Size = { width: 2000, height: 3000 };
const album = Array.from({ length: 57 }, (_, index) => (index % 3 ? landscape : portrait));

function rightEdge(row: Row): number {
  const last = row.tiles.at(-1);
  return last ? last.left + last.width : 0;
}

describe("an album of mixed shapes", () => {
  const rows = justifyRows(album, frame);

  test("keeps every image once and in order", () => {
    expect(rows.flatMap((row) => row.tiles.map(({ index }) => index))).toEqual(
      album.map((_, index) => index),
    );
  });

  test("fills the width with every row but the last", () => {
    for (const row of rows.slice(0, -1)) expect(rightEdge(row)).toBeCloseTo(1000);
    expect(rightEdge(rows.at(-1) as Row)).toBeLessThanOrEqual(1000.001);
  });

  test("keeps rows near the height aimed at", () => {
    for (const row of rows) {
      expect(row.height).toBeGreaterThan(130);
      expect(row.height).toBeLessThan(300);
    }
  });

  test("keeps the shape of every image", () => {
    for (const row of rows) {
      for (const { index, width } of row.tiles) {
        const { width: w, height: h } = album[index] as Size;
        expect(width / row.height).toBeCloseTo(w / h);
      }
    }
  });

  test("stacks rows with the gap between them", () => {
    rows.slice(1).forEach((row, index) => {
      const above = rows[index] as Row;
      expect(row.top).toBeCloseTo(above.top + above.height + 10);
    });
  });
});

test("a last row is not blown up to the full width", () => {
  const [row] = justifyRows([landscape], frame);
  expect(row?.height).toBe(200);
});

test("an unfinished row waits while more images are coming", () => {
  expect(justifyRows([landscape], { ...frame, more: true })).toEqual([]);
});

test("a panorama is cropped, not shown as a hairline", () => {
  const rows = justifyRows([{ width: 30_000, height: 500 }, landscape, landscape], frame);
  for (const row of rows) expect(row.height).toBeGreaterThan(150);
});

test("on a phone one wide image fills a row", () => {
  const rows = justifyRows([landscape, landscape], { ...frame, width: 200, targetHeight: 180 });
  expect(rows.map((row) => row.tiles.length)).toEqual([1, 1]);
});

test("no images make no rows", () => {
  expect(justifyRows([], frame)).toEqual([]);
});

test("a step down lands on the tile below", () => {
  const row: Row = {
    top: 0,
    height: 100,
    tiles: [
      { index: 5, left: 0, width: 300 },
      { index: 6, left: 310, width: 300 },
    ],
  };
  expect(nearestTile(row, 100)?.index).toBe(5);
  expect(nearestTile(row, 500)?.index).toBe(6);
});
