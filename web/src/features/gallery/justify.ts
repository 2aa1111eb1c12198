/** Justified rows: every image keeps its shape, every full row fills the width. */
export interface Size {
  width: number;
  height: number;
}

export interface Tile {
  /** Index into the images. */
  index: number;
  left: number;
  width: number;
}

export interface Row {
  top: number;
  height: number;
  tiles: Tile[];
}

export interface Frame {
  /** Width to fill, height to aim at and the gap between tiles, all in CSS pixels. */
  width: number;
  targetHeight: number;
  gap: number;
  /** More images will follow: hold an unfinished last row back, so that it does not jump. */
  more: boolean;
}

/** Panoramas and strips are cropped to these shapes (width ÷ height). */
const NARROWEST = 0.45;
const WIDEST = 3.2;

function shapeOf({ width, height }: Size): number {
  return Math.min(WIDEST, Math.max(NARROWEST, width / height));
}

export function justifyRows(images: readonly Size[], frame: Frame): Row[] {
  const rows: Row[] = [];
  const shapes = images.map(shapeOf);
  let start = 0;
  let top = 0;

  const close = (end: number, height: number) => {
    const tiles: Tile[] = [];
    let left = 0;
    for (let index = start; index < end; index++) {
      const width = (shapes[index] ?? 1) * height;
      tiles.push({ index, left, width });
      left += width + frame.gap;
    }
    rows.push({ top, height, tiles });
    top += height + frame.gap;
    start = end;
  };

  let sum = 0;
  for (let end = 1; end <= shapes.length; end++) {
    const shape = shapes[end - 1] ?? 1;
    const before = heightOf(sum, end - 1 - start, frame);
    sum += shape;
    const after = heightOf(sum, end - start, frame);
    if (after > frame.targetHeight) continue;
    // The row ends before or after this image, whichever comes nearer to the height aimed at.
    const single = end - 1 === start;
    if (!single && before - frame.targetHeight < frame.targetHeight - after) {
      close(end - 1, before);
      sum = shape;
    } else {
      close(end, after);
      sum = 0;
    }
  }
  if (start < shapes.length && !frame.more) {
    const natural = heightOf(sum, shapes.length - start, frame);
    close(shapes.length, Math.min(natural, frame.targetHeight));
  }
  return rows;
}

/** Height at which `count` images whose shapes add up to `sum` fill the width. */
function heightOf(sum: number, count: number, { width, gap }: Frame): number {
  return (width - gap * (count - 1)) / sum;
}

/** The tile of a neighbouring row whose middle lies nearest: where the up and down keys go. */
export function nearestTile(row: Row, middle: number): Tile | undefined {
  const distance = (tile: Tile) => Math.abs(tile.left + tile.width / 2 - middle);
  return row.tiles.reduce<Tile | undefined>(
    (best, tile) => (best && distance(best) <= distance(tile) ? best : tile),
    undefined,
  );
}
