// A heatmap as a saved figure in print quality, on white in either theme: the same shapes as SVG text, or painted at four times
// the size as PNG, with names, groups and a caption.
import { TASK_FILLS_ON_WHITE, tableColor, taskCycle, textOn, toCss } from '../../theme/palette.ts';
import { layoutBands } from './bands.ts';
import { type AxisSpec, shorten } from './drawAxis.ts';
import { type Cells, cellImage, PRINT_COLORS, PRINT_SCALE } from './drawCells.ts';
import { labelStep } from './window.ts';

export interface Figure {
  /** States what is shown, of which run and when. */
  caption: string;
  rows: AxisSpec;
  columns: AxisSpec;
  cells: Cells;
  /** Text on a cell; empty for none. */
  print?: ((row: number, column: number) => string) | undefined;
  /** Meaning of the ends of the colours; omitted if colours are not numbers. */
  scale?: FigureScale | undefined;
  /** Meaning of hatched cells; omitted if there are none. */
  hatched?: string | undefined;
  /** Further words of the legend. */
  legend?: string | undefined;
}

export interface FigureScale {
  low: string;
  high: string;
  /** "square-root scale" */
  note?: string;
}

interface Box {
  kind: 'box';
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string;
  hatched: boolean;
}

interface Text {
  kind: 'text';
  x: number;
  y: number;
  text: string;
  anchor: 'start' | 'middle' | 'end';
  size: number;
  bold: boolean;
  fill: string;
  upright: boolean;
}

/** For more cells than an SVG can hold as shapes: one pixel each, enlarged without smoothing. */
interface Picture {
  kind: 'picture';
  x: number;
  y: number;
  width: number;
  height: number;
  cells: Cells;
  columns: number;
}

export interface Drawing {
  width: number;
  height: number;
  shapes: (Box | Text | Picture)[];
}

const INK = '#14181f';
const MUTED = '#5b6573';
const { masked: MASKED, hatch: HATCH } = PRINT_COLORS;
const HATCH_EVERY = 5;
const LETTER = 6.2;
const LINE = 15;
/** Space between the maps of one card. */
const GAP = 24;
/** Values on cells: their size, the width of a letter, and the smallest cell that has one. */
const VALUE = { size: 8, letter: 4.9 };
const PRINTED = 26;
/** No cell is made wider than this for its value. */
const WIDEST = 64;
/** Cells are at least as large as on screen, and larger if there are few. */
const cellSize = (count: number) =>
  count <= 24 ? PRINTED : count <= 80 ? 12 : count <= MOST_SHAPES ? 5 : Math.max(1, PICTURE / count);
/** Minimum side of a picture. */
const PICTURE = 1000;
/** Longer sides become a picture: as shapes they would be files of hundreds of megabytes. */
const MOST_SHAPES = 256;
/** Space per label beside a picture, and beside cells that are smaller than a label. */
const LABEL_EVERY = { picture: 60, cells: 14 };
/** Side of the chip of a task. */
const CHIP = 10;
/** The colour bar under a map: number of boxes, and their width and height. */
const BAR = { steps: 64, step: 2, height: 10 };

/** The chip before the name of a task; after eight told apart as on the page: full, hollow, half, dotted. */
function chipShapes(x: number, y: number, task: number): Box[] {
  const fill = TASK_FILLS_ON_WHITE[task % TASK_FILLS_ON_WHITE.length] as string;
  const part = (from: number, width: number, height: number, color: string): Box => ({
    kind: 'box',
    x: x + from,
    y: y + (CHIP - height) / 2,
    width,
    height,
    fill: color,
    hatched: false,
  });
  const inside = (border: number) => part(border, CHIP - 2 * border, CHIP - 2 * border, '#ffffff');
  const full = part(0, CHIP, CHIP, fill);
  const cycles = [
    [full],
    [full, inside(2.5)],
    [full, inside(1), part(0, CHIP / 2, CHIP, fill)],
    [full, inside(1), part(CHIP / 2 - 2, 4, 4, fill)],
  ];
  return cycles[taskCycle(task) % cycles.length] as Box[];
}

/** Lays out all shapes, in CSS pixels. */
export function drawFigure(figure: Figure): Drawing {
  const { caption, rows, columns, cells, print, scale, hatched: hatchedText, legend } = figure;
  const longestSide = Math.max(rows.labels.length, columns.labels.length);
  const isPicture = longestSide > MOST_SHAPES;
  const value = (i: number) =>
    print?.(Math.floor(i / columns.labels.length), i % columns.labels.length) ?? '';
  const values = cellSize(longestSide) < PRINTED ? [] : Array.from(cells.indices, (_, i) => value(i));
  // As wide as the values on them.
  const cell = Math.max(
    cellSize(longestSide),
    ...values.map((words) => Math.min(WIDEST, VALUE.letter * words.length + 4)),
  );
  const across = layoutBands(
    columns.groups.map((g) => g.size),
    cell,
    1,
  );
  const down = layoutBands(
    rows.groups.map((g) => g.size),
    cell,
    1,
  );
  const every = cell >= 10 ? 1 : labelStep(cell, isPicture ? LABEL_EVERY.picture : LABEL_EVERY.cells);
  const longest = (labels: readonly string[]) => LETTER * Math.max(1, ...labels.map((l) => l.length));
  const hasGroups = (axis: AxisSpec) => axis.groups.some((g) => g.name !== '');
  const roomOf = (axis: AxisSpec) =>
    24 + (hasGroups(axis) ? 16 : 0) + (axis.tasks ? CHIP + 6 : 0) + longest(axis.labels) + 8;
  const [left, top] = [roomOf(rows), roomOf(columns)];
  const shapes: Drawing['shapes'] = [];
  const text = (x: number, y: number, value: string, rest: Partial<Text> = {}): void => {
    shapes.push({
      kind: 'text',
      x,
      y,
      text: value,
      anchor: 'middle',
      size: 11,
      bold: false,
      fill: INK,
      upright: false,
      ...rest,
    });
  };
  if (isPicture) {
    const size = { width: across.size, height: down.size };
    shapes.push({ kind: 'picture', x: left, y: top, ...size, cells, columns: columns.labels.length });
  }
  (isPicture ? new Uint8Array() : cells.indices).forEach((index, i) => {
    const [row, column] = [Math.floor(i / columns.labels.length), i % columns.labels.length];
    const [x, y] = [left + (across.starts[column] as number), top + (down.starts[row] as number)];
    const hatched = cells.blocked?.[i] === 1;
    const color = tableColor(cells.table, index);
    const fill = hatched || cells.blank?.[i] === 1 ? MASKED : toCss(color);
    shapes.push({ kind: 'box', x, y, width: across.cell, height: down.cell, fill, hatched });
    const words = hatched ? '' : values[i];
    if (words)
      text(x + across.cell / 2, y + down.cell / 2 + 3, words, {
        size: VALUE.size,
        fill: fill === MASKED ? INK : textOn(color),
      });
  });
  for (const [i, label] of rows.labels.entries())
    if (i % every === 0) {
      const y = top + (down.starts[i] as number) + down.cell / 2;
      const task = rows.tasks?.[i] ?? null;
      if (task !== null) shapes.push(...chipShapes(left - 6 - CHIP, y - CHIP / 2, task));
      text(left - 6 - (rows.tasks ? CHIP + 5 : 0), y + 4, label, { anchor: 'end' });
    }
  for (const [i, label] of columns.labels.entries()) {
    if (i % every !== 0) continue;
    const x = left + (across.starts[i] as number) + across.cell / 2;
    const task = columns.tasks?.[i] ?? null;
    if (task !== null) shapes.push(...chipShapes(x - CHIP / 2, top - 6 - CHIP, task));
    text(x + 4, top - 6 - (columns.tasks ? CHIP + 5 : 0), label, { anchor: 'start', upright: true });
  }
  const groupCentres = (axis: AxisSpec, starts: Float64Array, size: number) => {
    let first = 0;
    return axis.groups.map(({ name, size: count }) => {
      const [from, to] = [starts[first] ?? 0, (starts[first + count - 1] ?? 0) + size];
      first += count;
      // It may reach a little into the gaps beside its group.
      const room = to - from + 8;
      const own = room > 24 ? shorten(name, room, (words) => 5.6 * words.length) : '';
      return { name: own, centre: (from + to) / 2 };
    });
  };
  if (hasGroups(columns))
    for (const { name, centre } of groupCentres(columns, across.starts, across.cell))
      text(left + centre, 30, name, { fill: MUTED });
  if (hasGroups(rows))
    for (const { name, centre } of groupCentres(rows, down.starts, down.cell))
      text(32, top + centre, name, { fill: MUTED, upright: true });
  text(left + across.size / 2, 14, columns.title, { bold: true });
  text(14, top + down.size / 2, rows.title, { bold: true, upright: true });
  let width = Math.max(left + across.size + 14, 320);
  const bottom = top + down.size + 12;
  let legendAt = 14;
  if (scale) {
    const start = 14 + LETTER * scale.low.length + 6;
    text(14, bottom + 9, scale.low, { anchor: 'start', size: 10 });
    for (let i = 0; i < BAR.steps; i++)
      shapes.push({
        kind: 'box',
        x: start + i * BAR.step,
        y: bottom,
        width: BAR.step,
        height: BAR.height,
        fill: toCss(tableColor(cells.table, Math.round((255 * i) / (BAR.steps - 1)))),
        hatched: false,
      });
    const end = start + BAR.steps * BAR.step + 6;
    const note = scale.note ? ` (${scale.note})` : '';
    text(end, bottom + 9, `${scale.high}${note}`, { anchor: 'start', size: 10 });
    legendAt = end + LETTER * (scale.high.length + note.length) + 14;
  }
  if (hatchedText) {
    const size = { width: 14, height: BAR.height };
    shapes.push({ kind: 'box', x: legendAt, y: bottom, ...size, fill: MASKED, hatched: true });
    text(legendAt + size.width + 6, bottom + 9, hatchedText, { anchor: 'start', size: 10 });
    legendAt += size.width + 6 + LETTER * hatchedText.length + 14;
  }
  if (legend) {
    text(legendAt, bottom + 9, legend, { anchor: 'start', size: 10 });
    legendAt += LETTER * legend.length + 14;
  }
  width = Math.max(width, legendAt);
  const lines = wrap(caption, Math.floor((width - 28) / (LETTER - 0.6)));
  const captionTop = bottom + (scale || hatchedText || legend ? BAR.height + 20 : 14);
  for (const [i, line] of lines.entries())
    text(14, captionTop + i * LINE, line, { anchor: 'start', size: 10, fill: MUTED });
  return { width, height: captionTop + lines.length * LINE + 4, shapes };
}

/** Puts drawings side by side, as the maps of one card. */
export function joinDrawings(drawings: readonly Drawing[]): Drawing {
  let left = 0;
  const shapes = drawings.flatMap((drawing) => {
    const from = left;
    left += drawing.width + GAP;
    return drawing.shapes.map((shape) => ({ ...shape, x: shape.x + from }));
  });
  return { width: Math.max(0, left - GAP), height: Math.max(0, ...drawings.map((d) => d.height)), shapes };
}

/** Breaks words into lines of about `letters`. */
export function wrap(caption: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of caption.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < letters)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const markup = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** @returns the picture at one pixel per cell */
function pixelsOf({ cells, columns }: Picture): OffscreenCanvas {
  return cellImage(cells, columns, PRINT_COLORS, 'all');
}

async function dataUrl(canvas: OffscreenCanvas): Promise<string> {
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:image/png;base64,${btoa(binary)}`;
}

export async function toSvg({ width, height, shapes }: Drawing, title: string): Promise<string> {
  const pictures = new Map<Picture, string>();
  for (const s of shapes) if (s.kind === 'picture') pictures.set(s, await dataUrl(pixelsOf(s)));
  const body = shapes.map((s) => {
    if (s.kind === 'picture') {
      const box = `x="${s.x}" y="${s.y}" width="${s.width}" height="${s.height}"`;
      return `<image ${box} preserveAspectRatio="none" style="image-rendering:pixelated" href="${pictures.get(s)}"/>`;
    }
    if (s.kind === 'box') {
      const box = `x="${s.x}" y="${s.y}" width="${s.width}" height="${s.height}"`;
      return `<rect ${box} fill="${s.fill}"/>${s.hatched ? `<rect ${box} fill="url(#hatch)"/>` : ''}`;
    }
    const turn = s.upright ? ` transform="rotate(-90 ${s.x} ${s.y})"` : '';
    const weight = s.bold ? ' font-weight="600"' : '';
    return `<text x="${s.x}" y="${s.y}" text-anchor="${s.anchor}" font-size="${s.size}" fill="${s.fill}"${weight}${turn}>${markup(s.text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, Helvetica, Arial, sans-serif">`,
    `<title>${markup(title)}</title>`,
    `<defs><pattern id="hatch" width="${HATCH_EVERY}" height="${HATCH_EVERY}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V${HATCH_EVERY}" stroke="${HATCH}" stroke-width="1.3"/></pattern></defs>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** Some browsers draw no larger canvas. */
const MOST_PIXELS = 8192;

export async function toPng({ width, height, shapes }: Drawing): Promise<Blob> {
  const scale = Math.min(PRINT_SCALE, MOST_PIXELS / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas to draw on');
  context.scale(scale, scale);
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  for (const s of shapes) {
    if (s.kind === 'picture') {
      context.drawImage(pixelsOf(s), s.x, s.y, s.width, s.height);
      continue;
    }
    context.fillStyle = s.fill;
    if (s.kind === 'box') {
      context.fillRect(s.x, s.y, s.width, s.height);
      if (s.hatched) hatch(context, s);
      continue;
    }
    context.save();
    context.translate(s.x, s.y);
    if (s.upright) context.rotate(-Math.PI / 2);
    context.font = `${s.bold ? 600 : 400} ${s.size}px "Inter Variable", Helvetica, Arial, sans-serif`;
    context.textAlign = s.anchor === 'middle' ? 'center' : s.anchor;
    context.fillText(s.text, 0, 0);
    context.restore();
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

function hatch(context: OffscreenCanvasRenderingContext2D, { x, y, width, height }: Box): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = HATCH;
  context.lineWidth = 1.3;
  context.beginPath();
  for (let offset = -height; offset < width; offset += HATCH_EVERY * Math.SQRT2) {
    context.moveTo(x + offset, y + height);
    context.lineTo(x + offset + height, y);
  }
  context.stroke();
  context.restore();
}
