// Colours for canvases and charts: those of tasks, and the maps of `engine/core/colorMaps.ts`. Neutrals and states are CSS
// variables in tokens.css.

import { tableColor, toCss } from '../../engine/core/colorMaps.ts';

export * from '../../engine/core/colorMaps.ts';

export type Scheme = 'light' | 'dark';

/** Number of task colours; later tasks repeat them with another line and chip style. */
export const TASK_COLORS = 8;

/** The task colours on white, for pictures that are saved: those of `tokens.css`. */
export const TASK_FILLS_ON_WHITE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#f0e442',
  '#7f7f7f',
] as const;

/** CSS colour for areas of task `index` (chips, bars). */
export const taskFill = (index: number): string => `var(--task-${(index % TASK_COLORS) + 1})`;
/** CSS colour for lines of task `index`, with a contrast of at least 3:1 on the surface. */
export const taskLine = (index: number): string => `var(--task-line-${(index % TASK_COLORS) + 1})`;
/** How many times the colours repeat before task `index`: 0 for the first eight. */
export const taskCycle = (index: number): number => Math.floor(index / TASK_COLORS);

const CYCLE_DASHES = [undefined, '9 3', '9 3 2 3', '2 3'] as const;
/** Stroke pattern of a task's line; solid for the first eight tasks. */
export const taskDash = (index: number): string | undefined =>
  CYCLE_DASHES[taskCycle(index) % CYCLE_DASHES.length];

/** `linear-gradient` along a colour table, for colour bars. */
export function cssGradient(table: Uint8ClampedArray, direction = 'to right'): string {
  const stops = Array.from({ length: 18 }, (_, i) => toCss(tableColor(table, i * 15)));
  return `linear-gradient(${direction}, ${stops.join(', ')})`;
}
