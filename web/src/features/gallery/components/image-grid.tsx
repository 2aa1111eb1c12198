/** The grid: justified rows of which only those near the window are drawn. */
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Image } from "@/lib/api/types";
import { rowOf, useGridFocus } from "../hooks/use-grid-focus";
import { useWidth } from "../hooks/use-width";
import { justifyRows } from "../justify";
import { uprightSize } from "../picture";
import { Tile } from "./tile";

const GAP = 6;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 8;
const OVERSCAN = 4;
/** Height of the page's head and the toolbar, which cover the top of the window. */
const COVERED = 140;

interface ImageGridProps {
  images: readonly Image[];
  total: number | null;
  more: boolean;
  onNearEnd: () => void;
  /** The image that was last open: it has the focus when the lightbox closes. */
  returnTo: string | undefined;
}

export function ImageGrid({ images, total, more, onNearEnd, returnTo }: ImageGridProps) {
  const { t } = useTranslation("gallery");
  const { ref, width } = useWidth<HTMLDivElement>();
  const rows = useMemo(() => {
    const targetHeight = width < 640 ? 150 : 205;
    if (width === 0) return [];
    return justifyRows(images.map(uprightSize), { width, targetHeight, gap: GAP, more });
  }, [images, width, more]);

  const activeRow = useRef(0);
  const rangeExtractor = useCallback((range: Range) => {
    // The row that holds the focus stays drawn, wherever the window is.
    const drawn = new Set(defaultRangeExtractor(range)).add(
      Math.min(activeRow.current, range.count - 1),
    );
    return [...drawn].filter((index) => index >= 0).sort((a, b) => a - b);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.height ?? 0) + GAP,
    overscan: OVERSCAN,
    scrollMargin: ref.current?.offsetTop ?? 0,
    scrollPaddingStart: COVERED,
    rangeExtractor,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows have new heights
  useLayoutEffect(() => virtualizer.measure(), [rows, virtualizer]);

  const reveal = useCallback((row: number) => virtualizer.scrollToIndex(row), [virtualizer]);
  const { active, setActive, focus, onKeyDown, tileRef } = useGridFocus(rows, reveal);
  activeRow.current = rowOf(rows, active);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a closing lightbox moves the focus
  useEffect(() => {
    const index = returnTo ? images.findIndex((image) => image.image_id === returnTo) : -1;
    if (index >= 0) focus(index);
  }, [returnTo]);

  const drawn = virtualizer.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && lastDrawn >= rows.length - AHEAD) onNearEnd();
  }, [more, lastDrawn, rows.length, onNearEnd]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between the links inside
    <div ref={ref} onKeyDown={onKeyDown}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed freely */}
      <div
        role="list"
        aria-label={t("list")}
        className="relative"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {drawn.map(({ index, start }) =>
          rows[index]?.tiles.map((tile) => {
            const image = images[tile.index];
            if (!image) return null;
            return (
              // biome-ignore lint/a11y/useSemanticElements: see above
              <div
                key={image.image_id}
                role="listitem"
                aria-posinset={tile.index + 1}
                aria-setsize={total ?? -1}
                className="absolute top-0 left-0"
                style={{
                  width: tile.width,
                  height: rows[index]?.height,
                  transform: `translate(${tile.left}px, ${start - virtualizer.options.scrollMargin}px)`,
                }}
              >
                <Tile
                  ref={tileRef(tile.index)}
                  image={image}
                  width={tile.width}
                  inTabOrder={tile.index === active}
                  onFocus={() => setActive(tile.index)}
                />
              </div>
            );
          }),
        )}
      </div>
    </div>
  );
}
