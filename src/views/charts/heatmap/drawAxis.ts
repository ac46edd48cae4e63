// The labels along a heatmap's edge: axis title, groups with brackets, one label per cell if there is room, else one every few
// cells. Columns are labelled above, rows at the left.
import { taskCycle } from '../../theme/palette.ts';
import { type Bands, layoutBands } from './bands.ts';

export interface AxisSpec {
  /** "key (columns)"; empty for none. */
  title: string;
  labels: readonly string[];
  /** In order, with the same sizes as the bands; a nameless group has no bracket. */
  groups: readonly { name: string; size: number }[];
  /** Noun for one entry, in tables and files: "task". */
  id?: string;
  /** Names used in files; default: the labels. */
  names?: readonly string[];
  /** Task whose colour is shown before each label; null for none. */
  tasks?: readonly (number | null)[];
  /** Whether each label is drawn in the strong colour, as for tasks; default: all. */
  strong?: readonly boolean[];
}

export interface AxisColors {
  text: string;
  muted: string;
  axis: string;
  /** Colours before the labels, if the axis has tasks. */
  chips: readonly string[];
}

export type Side = 'top' | 'left';

export const AXIS_FONT = '11px "Inter Variable", system-ui, sans-serif';
const TITLE_FONT = `500 ${AXIS_FONT}`;
const TITLE_SIZE = 20;
const TITLE_WITHIN = 640;
const GROUP_SIZE = 22;
const LABEL_MIN = 22;
const LABEL_MAX = 104;
const CHIP = 10;
const CHIP_GAP = 5;
const LINE = 12;
/** Least space between two names beside each other: with less they read as one. */
const APART = 6;

export interface AxisLayout {
  /** Extent across the axis: height at the top, width at the left. */
  size: number;
  hasTitle: boolean;
  hasGroups: boolean;
  /** Only every n-th label is drawn. */
  every: number;
  /** Column labels are rotated if they are wider than the cells. */
  upright: boolean;
}

/** @param measure - width of a text in AXIS_FONT, CSS pixels */
export function layoutAxis(
  spec: AxisSpec,
  bands: Bands,
  side: Side,
  measure: (text: string) => number,
): AxisLayout {
  const pitch = bands.cell + bands.gap;
  const chip = spec.tasks ? CHIP + CHIP_GAP : 0;
  const widest = chip + Math.max(0, ...spec.labels.map(measure));
  const upright = side === 'top' && widest > pitch - APART;
  const across =
    side === 'left' || upright ? Math.min(LABEL_MAX, Math.max(LABEL_MIN, Math.ceil(widest) + 8)) : LABEL_MIN;
  const hasTitle = spec.title !== '';
  const hasGroups = spec.groups.some((group) => group.name !== '');
  return {
    size: across + (hasTitle ? TITLE_SIZE : 0) + (hasGroups ? GROUP_SIZE : 0),
    hasTitle,
    hasGroups,
    every: Math.max(1, Math.ceil(LINE / pitch)),
    upright,
  };
}

/** Width of the axis at the left, which does not depend on the cells. */
export const leftAxisWidth = (spec: AxisSpec, measure: (text: string) => number): number =>
  layoutAxis(spec, layoutBands([spec.labels.length], LINE, 1), 'left', measure).size;

/** `text` cut to `room`, with an ellipsis. */
export function shorten(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  let length = text.length;
  while (length > 1 && measure(`${text.slice(0, length)}…`) > room) length--;
  return `${text.slice(0, length)}…`;
}

/** A title that fits `room`: whole, else without its bracket ("query (rows)" becomes "query"), else cut with an ellipsis. */
export function fitTitle(title: string, room: number, measure: (text: string) => number): string {
  if (measure(title) <= room) return title;
  return shorten(title.replace(/ \([^)]*\)$/, ''), room, measure);
}

/** Sets the font of an axis, with subpixel positions, so that texts are as wide as they were measured. */
export function setAxisFont(context: CanvasRenderingContext2D, font = AXIS_FONT): void {
  context.font = font;
  context.textRendering = 'geometricPrecision';
}

/** The square of a task as beside its name elsewhere (`parts/Chip.tsx`): full, hollow, half, dotted. */
function drawChip(context: CanvasRenderingContext2D, task: number, color: string): void {
  const cycle = taskCycle(task) % 4;
  const border = cycle === 1 ? 2.5 : 1;
  context.fillStyle = color;
  context.strokeStyle = color;
  context.beginPath();
  if (cycle === 0) context.roundRect(0, -CHIP / 2, CHIP, CHIP, 2);
  else {
    context.lineWidth = border;
    context.roundRect(border / 2, (border - CHIP) / 2, CHIP - border, CHIP - border, 2);
    context.stroke();
    context.beginPath();
  }
  if (cycle === 2) {
    context.moveTo(0, -CHIP / 2);
    context.lineTo(CHIP, -CHIP / 2);
    context.lineTo(0, CHIP / 2);
  }
  if (cycle === 3) context.arc(CHIP / 2, 0, 2.25, 0, 2 * Math.PI);
  context.fill();
}

/** Draws as for an axis along x with the cells below it; for the left side, the context is rotated by 90 degrees. */
export function drawAxis(
  canvas: HTMLCanvasElement,
  spec: AxisSpec,
  bands: Bands,
  layout: AxisLayout,
  side: Side,
  colors: AxisColors,
  ratio: number,
  measure: (text: string) => number,
): void {
  const [width, height] = side === 'top' ? [bands.size, layout.size] : [layout.size, bands.size];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);

  // Titles and brackets, along the axis: x runs with the cells at the top, and upwards at the left.
  context.save();
  if (side === 'left') {
    context.translate(0, bands.size);
    context.rotate(-Math.PI / 2);
  }
  const along = (position: number) => (side === 'top' ? position : bands.size - position);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  let offset = 0;
  if (layout.hasTitle) {
    setAxisFont(context, TITLE_FONT);
    context.fillStyle = colors.text;
    // On a scrolled axis, the title is at the start.
    const within = Math.min(bands.size, TITLE_WITHIN);
    const title = fitTitle(spec.title, within, (text) => context.measureText(text).width);
    context.fillText(title, along(within / 2), TITLE_SIZE / 2 - 1);
    offset = TITLE_SIZE;
  }
  setAxisFont(context);
  if (layout.hasGroups) {
    let first = 0;
    for (const group of spec.groups) {
      const last = first + group.size - 1;
      if (group.size > 0 && group.name !== '') {
        const from = along(bands.starts[first] as number);
        const to = along((bands.starts[last] as number) + bands.cell);
        const [a, b] = [Math.min(from, to) + 0.5, Math.max(from, to) - 0.5];
        const room = b - a;
        context.fillStyle = colors.muted;
        if (room > 16) context.fillText(shorten(group.name, room, measure), (a + b) / 2, offset + 7);
        context.strokeStyle = colors.axis;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(a, offset + 20);
        context.lineTo(a, offset + 16.5);
        context.lineTo(b, offset + 16.5);
        context.lineTo(b, offset + 20);
        context.stroke();
      }
      first += group.size;
    }
    offset += GROUP_SIZE;
  }
  context.restore();

  setAxisFont(context);
  context.textBaseline = 'middle';
  const room = layout.size - offset - 6;
  let previous = Number.NEGATIVE_INFINITY;
  const chipRoom = spec.tasks ? CHIP + CHIP_GAP : 0;
  // Chips of rows stand below each other, beside the longest name.
  const longest = Math.min(room - chipRoom, Math.max(0, ...spec.labels.map(measure)));
  for (let i = 0; i < spec.labels.length; i += layout.every) {
    const middle = (bands.starts[i] as number) + bands.cell / 2;
    const centre = layout.every > 1 ? Math.min(Math.max(LINE / 2, middle), bands.size - LINE / 2) : middle;
    if (layout.every > 1 && centre - previous < LINE - 1) continue;
    previous = centre;
    const turned = side === 'top' && layout.upright;
    const text = shorten(
      spec.labels[i] as string,
      (side === 'left' || turned ? room : bands.cell + 8) - chipRoom,
      measure,
    );
    const length = measure(text);
    context.save();
    context.textAlign = 'left';
    const indent = side === 'left' && spec.tasks ? Math.max(0, longest - length) : 0;
    if (side === 'left') context.translate(layout.size - 6 - length - indent - chipRoom, centre);
    else if (turned) {
      context.translate(centre, layout.size - 5);
      context.rotate(-Math.PI / 2);
    } else context.translate(centre - (length + chipRoom) / 2, layout.size - 10);
    if (spec.tasks) {
      drawChip(context, spec.tasks[i] ?? 0, colors.chips[i] ?? 'transparent');
    }
    context.fillStyle = spec.strong?.[i] === false ? colors.muted : colors.text;
    context.fillText(text, chipRoom + indent, 0.5);
    context.restore();
  }
}
