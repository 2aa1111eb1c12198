/** One tile of the grid is in the tab order; the arrow keys, Home and End move it. */
import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import { nearestTile, type Row } from "../justify";

export function rowOf(rows: readonly Row[], index: number): number {
  return rows.findIndex((row) => {
    const last = row.tiles.at(-1);
    return last !== undefined && last.index >= index;
  });
}

function above(rows: readonly Row[], index: number, step: 1 | -1): number | undefined {
  const row = rowOf(rows, index);
  const tile = rows[row]?.tiles.find((candidate) => candidate.index === index);
  const next = rows[row + step];
  return tile && next && nearestTile(next, tile.left + tile.width / 2)?.index;
}

function target(rows: readonly Row[], index: number, key: string): number | undefined {
  const last = rows.at(-1)?.tiles.at(-1)?.index ?? 0;
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowRight":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return above(rows, index, -1);
    case "ArrowDown":
      return above(rows, index, 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

export function useGridFocus(rows: readonly Row[], reveal: (row: number) => void) {
  const [active, setActive] = useState(0);
  // A tile may be outside of the window of drawn rows: it takes the focus once it is drawn.
  const wanted = useRef<number | null>(null);

  const focus = useCallback(
    (index: number) => {
      wanted.current = index;
      setActive(index);
      reveal(rowOf(rows, index));
    },
    [rows, reveal],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = target(rows, active, event.key);
    if (next === undefined) return;
    event.preventDefault();
    if (next !== active) focus(next);
  };
  const tileRef = (index: number) => (element: HTMLElement | null) => {
    if (element && wanted.current === index) {
      wanted.current = null;
      element.focus({ preventScroll: true });
    }
  };
  return { active, setActive, focus, onKeyDown, tileRef };
}
