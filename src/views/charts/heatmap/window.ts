// The part of a large map that is on screen: the cell at the top left corner, and the size of a cell.

export interface MapWindow {
  /** Number of cells to the left of the corner; fractional if a cell is cut. */
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

/** Keeps a window within the map, and its scale between the fitted one and legible cells. */
export function clampWindow(view: MapWindow, rows: number, columns: number, extent: Extent): MapWindow {
  const scale = between(view.scale, fittedScale(rows, columns, extent), LARGEST_CELL);
  return {
    scale,
    x: between(view.x, 0, columns - extent.width / scale),
    y: between(view.y, 0, rows - extent.height / scale),
  };
}

/** Scaled by a factor; the point at (px, py) stays in place. Not clamped. */
export function zoomAt(view: MapWindow, factor: number, px: number, py: number): MapWindow {
  const scale = view.scale * factor;
  return { scale, x: view.x + px / view.scale - px / scale, y: view.y + py / view.scale - py / scale };
}

/** Moved as little as needed to show a cell. Not clamped. */
export function revealed(view: MapWindow, row: number, column: number, { width, height }: Extent): MapWindow {
  const place = (start: number, cell: number, length: number) => between(start, cell + 1 - length, cell);
  return {
    scale: view.scale,
    x: place(view.x, column, width / view.scale),
    y: place(view.y, row, height / view.scale),
  };
}

/** First and last cell on screen, along one axis. */
export const shownCells = (start: number, length: number, scale: number, count: number): [number, number] => [
  Math.max(0, Math.floor(start)),
  Math.min(count - 1, Math.ceil(start + length / scale) - 1),
];

/** Distance of labels in cells: 1, 2, 5, 10, 20, 50 … */
export function labelStep(scale: number, room: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [1, 2, 5].map((n) => n * power).find((n) => n * scale >= room);
    if (step) return step;
  }
}
