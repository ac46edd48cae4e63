// Pixel positions of the rows (or columns) of a heatmap: equal cells, a thin gap between cells, a wider one between groups. All
// lengths are whole device pixels, so that cells are crisp on every screen.

export interface Bands {
  /** Width of a cell, CSS pixels. */
  cell: number;
  gap: number;
  /** Start of every cell, CSS pixels. */
  starts: Float64Array;
  /** Number of cells per group, in order. */
  groups: readonly number[];
  /** From the first cell's start to the last cell's end. */
  size: number;
}

const GROUP_GAP = 4;
/** Narrower cells have no gaps. */
const GAP_FROM = 7;

const snap = (length: number, ratio: number): number => Math.round(length * ratio) / ratio;

export function layoutBands(groups: readonly number[], cell: number, ratio: number): Bands {
  const cellSize = Math.max(1, Math.round(cell * ratio)) / ratio;
  const gap = cellSize >= GAP_FROM ? Math.max(1, Math.round(ratio)) / ratio : 0;
  const groupGap = cellSize >= GAP_FROM ? snap(GROUP_GAP, ratio) : snap(2, ratio);
  const count = groups.reduce((sum, n) => sum + n, 0);
  const starts = new Float64Array(count);
  let at = 0;
  let index = 0;
  for (const size of groups) {
    for (let i = 0; i < size; i++) {
      starts[index++] = at;
      at += cellSize + gap;
    }
    if (size > 0) at += groupGap;
  }
  const last = starts[count - 1];
  return { cell: cellSize, gap, starts, groups, size: last === undefined ? 0 : last + cellSize };
}

/** The largest cell between `min` and `max` for which all cells fit into `room`. */
export function fitCell(groups: readonly number[], room: number, min: number, max: number): number {
  const count = groups.reduce((sum, n) => sum + n, 0);
  const between = (groups.length - 1) * GROUP_GAP;
  const withGaps = Math.floor((room - between) / Math.max(1, count)) - 1;
  const cell = withGaps >= GAP_FROM ? withGaps : Math.floor((room - between / 2) / Math.max(1, count));
  return Math.max(min, Math.min(max, cell));
}

/** The cell at `position`, or the nearest one if it is in a gap or outside. */
export function indexAt(bands: Bands, position: number): number {
  let low = 0;
  let high = bands.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bands.starts[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
