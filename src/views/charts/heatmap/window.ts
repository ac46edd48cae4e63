// The part of a large map that is on screen: which cell stands at the top left corner, and how large a cell is.

export interface MapWindow {
  /** Cells left of and above the corner; fractions where a cell is cut. */
  x: number;
  y: number;
  /** Width of a cell, CSS pixels. */
  scale: number;
}

/** CSS pixels. */
export interface Extent {
  width: number;
  height: number;
}

const LARGEST_CELL = 40;

/** The scale at which the whole map fits. */
export const fittedScale = (rows: number, columns: number, { width, height }: Extent): number =>
  Math.min(width / columns, height / rows);

const between = (value: number, low: number, high: number) =>
  Math.min(Math.max(value, low), Math.max(low, high));

/** Keeps a window within the map, no smaller than legible cells and no larger than the map. */
export function clampWindow(view: MapWindow, rows: number, columns: number, extent: Extent): MapWindow {
  const scale = between(view.scale, fittedScale(rows, columns, extent), LARGEST_CELL);
  return {
    scale,
    x: between(view.x, 0, columns - extent.width / scale),
    y: between(view.y, 0, rows - extent.height / scale),
  };
}

/** Enlarged by a factor; what is at (px, py) stays there. Not clamped. */
export function zoomAt(view: MapWindow, factor: number, px: number, py: number): MapWindow {
  const scale = view.scale * factor;
  return { scale, x: view.x + px / view.scale - px / scale, y: view.y + py / view.scale - py / scale };
}

/** Moved as little as needed for a cell to be inside. Not clamped. */
export function revealed(view: MapWindow, row: number, column: number, { width, height }: Extent): MapWindow {
  const place = (start: number, cell: number, length: number) => between(start, cell + 1 - length, cell);
  return {
    scale: view.scale,
    x: place(view.x, column, width / view.scale),
    y: place(view.y, row, height / view.scale),
  };
}

/** First and last cell of a direction that are on screen. */
export const shownCells = (start: number, length: number, scale: number, count: number): [number, number] => [
  Math.max(0, Math.floor(start)),
  Math.min(count - 1, Math.ceil(start + length / scale) - 1),
];

/** Every how many cells a label has room: 1, 2, 5, 10, 20, 50 … */
export function labelStep(scale: number, room: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [1, 2, 5].map((n) => n * power).find((n) => n * scale >= room);
    if (step) return step;
  }
}
