// Paints the cells of a heatmap on a canvas. The matrix becomes an image of one pixel per cell that is enlarged group by group,
// so 500 x 500 cells cost about as much as 17 x 17.
import { parseHex, tableColor } from '../../theme/palette.ts';
import type { Bands } from './bands.ts';

export interface Cells {
  /** Positions in the colour table, row-major. */
  indices: Uint8Array;
  table: Uint8ClampedArray;
  /** 1 = hatched; null if none is. */
  blocked: Uint8Array | null;
  /** 1 = neutral, without a colour of the map; null if none is. */
  blank?: Uint8Array | null;
}

/** Indices of the two neutral colours, after the 256 of the map. */
const MASKED = 256;
const BLANK = 257;

/** Hex colours. */
export interface CellColors {
  surface: string;
  masked: string;
  hatch: string;
  blank: string;
}

/** The neutral colours of saved maps: on white, in either theme. */
export const PRINT_COLORS: CellColors = {
  surface: '#ffffff',
  masked: '#f1f3f6',
  hatch: '#aeb7c3',
  blank: '#f1f3f6',
};
/** Pixels of a saved picture per CSS pixel: 384 dots per inch at the size on screen. */
export const PRINT_SCALE = 4;

/** Distance and width of the hatch lines, CSS pixels. */
export interface Hatch {
  every: number;
  width: number;
}

/** The 256 colours of a table as packed pixels, then the masked and the neutral one. */
function packedColors(table: Uint8ClampedArray, colors: CellColors): Uint32Array {
  const bytes = new Uint8ClampedArray(258 * 4).fill(255);
  for (let i = 0; i < 256; i++) bytes.set(tableColor(table, i), i * 4);
  bytes.set(parseHex(colors.masked), MASKED * 4);
  bytes.set(parseHex(colors.blank), BLANK * 4);
  return new Uint32Array(bytes.buffer);
}

/** One pixel per cell; with `only`, all but the blocked cells are transparent. */
export function cellImage(
  cells: Cells,
  columns: number,
  colors: CellColors,
  only: 'all' | 'blocked',
): OffscreenCanvas {
  const rows = cells.indices.length / columns;
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext('2d')?.putImageData(cellPixels(cells, columns, colors, only, 0, rows), 0, 0);
  return canvas;
}

/** The rows [from, to) of this image. */
export function cellPixels(
  { indices, blocked, blank, table }: Cells,
  columns: number,
  colors: CellColors,
  only: 'all' | 'blocked',
  from: number,
  to: number,
): ImageData {
  const image = new ImageData(columns, to - from);
  const pixels = new Uint32Array(image.data.buffer);
  const packed = packedColors(table, colors);
  const first = from * columns;
  for (let i = first; i < to * columns; i++) {
    const isBlocked = blocked?.[i] === 1;
    if (only === 'blocked' && !isBlocked) continue;
    const color = isBlocked ? MASKED : blank?.[i] === 1 ? BLANK : (indices[i] as number);
    pixels[i - first] = packed[color] as number;
  }
  return image;
}

/** The rows and columns of a map starting at (top, left). */
export function cellsWithin(
  { indices, table, blocked, blank }: Cells,
  columns: number,
  { top, left, rows, width }: { top: number; left: number; rows: number; width: number },
): Cells {
  const cut = (values: Uint8Array): Uint8Array => {
    const part = new Uint8Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const start = (top + row) * columns + left;
      part.set(values.subarray(start, start + width), row * width);
    }
    return part;
  };
  return { indices: cut(indices), table, blocked: blocked && cut(blocked), blank: blank && cut(blank) };
}

/** Enlarges an image of cells to its bands, one block of groups at a time. Units: device pixels. */
function blit(
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  image: OffscreenCanvas,
  rows: Bands,
  columns: Bands,
  ratio: number,
) {
  context.imageSmoothingEnabled = false;
  let row = 0;
  for (const height of rows.groups) {
    let column = 0;
    for (const width of columns.groups) {
      if (width > 0 && height > 0) {
        context.drawImage(
          image,
          column,
          row,
          width,
          height,
          Math.round((columns.starts[column] as number) * ratio),
          Math.round((rows.starts[row] as number) * ratio),
          Math.round(width * (columns.cell + columns.gap) * ratio),
          Math.round(height * (rows.cell + rows.gap) * ratio),
        );
      }
      column += width;
    }
    row += height;
  }
}

/** A tile of 45-degree lines that repeats seamlessly. */
export function hatchTile(color: string, hatch: Hatch, ratio: number): OffscreenCanvas {
  const size = Math.max(3, Math.round(hatch.every * Math.SQRT2 * ratio));
  const tile = new OffscreenCanvas(size, size);
  const context = tile.getContext('2d');
  if (!context) return tile;
  context.strokeStyle = color;
  context.lineWidth = hatch.width * ratio;
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
  }
  context.stroke();
  return tile;
}

/**
 * Paints all cells.
 * @param canvas - resized to the bands
 * @param ratio - device pixels per CSS pixel
 */
export function drawCells(
  canvas: HTMLCanvasElement,
  cells: Cells,
  rows: Bands,
  columns: Bands,
  colors: CellColors,
  hatch: Hatch,
  ratio: number,
): void {
  const width = Math.round(columns.size * ratio);
  const height = Math.round(rows.size * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  const count = columns.starts.length;
  blit(context, cellImage(cells, count, colors, 'all'), rows, columns, ratio);

  if (cells.blocked?.includes(1)) {
    const layer = new OffscreenCanvas(width, height);
    const hatched = layer.getContext('2d');
    if (hatched) {
      blit(hatched, cellImage(cells, count, colors, 'blocked'), rows, columns, ratio);
      hatched.globalCompositeOperation = 'source-in';
      const pattern = hatched.createPattern(hatchTile(colors.hatch, hatch, ratio), 'repeat');
      if (pattern) hatched.fillStyle = pattern;
      hatched.fillRect(0, 0, width, height);
      context.drawImage(layer, 0, 0);
    }
  }
  // Paints the gaps, where enlarged pixels extend beyond their cells.
  context.fillStyle = colors.surface;
  if (columns.gap > 0) {
    for (const start of columns.starts) {
      context.fillRect(
        Math.round((start + columns.cell) * ratio),
        0,
        Math.round(columns.gap * ratio),
        height,
      );
    }
  }
  if (rows.gap > 0) {
    for (const start of rows.starts) {
      context.fillRect(0, Math.round((start + rows.cell) * ratio), width, Math.round(rows.gap * ratio));
    }
  }
}
