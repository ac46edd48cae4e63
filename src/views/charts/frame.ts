// What a line chart is given: its lines, axes and marks, and the room around its plot.
import type { Row } from './curves.ts';
import type { TooltipPair } from './parts/ChartTooltip.tsx';

export interface FrameLine {
  /** Key of the values in the rows. */
  key: string;
  /** Name in the tooltip. */
  name: string;
  stroke: string;
  width: number;
  dash?: string;
  opacity?: number;
  /** Left out of the tooltip. */
  quiet?: boolean;
}

/** What lies between two values of each row, behind the lines. */
export interface FrameArea {
  /** Keys of the values in the rows. */
  low: string;
  high: string;
  fill: string;
  /** Of itself; left out: faint enough to see others through it. */
  opacity?: number;
}

export interface Axis {
  domain: [number, number];
  ticks: number[];
  format(value: number): string;
  log?: boolean;
}

/** A vertical line with a word on top. */
export interface StepMark {
  step: number;
  label: string;
  kind: 'failure' | 'checkpoint';
}

export interface LineFrameProps {
  /** What the chart shows, for screen readers. */
  label: string;
  width: number;
  height: number;
  rows: readonly Row[];
  x: Axis;
  y: Axis;
  yWidth: number;
  /** Back to front. */
  lines: readonly FrameLine[];
  areas?: readonly FrameArea[];
  marks?: readonly StepMark[];
  formatValue?(value: number): string;
  /** The tooltip's pairs for a row, where one line per drawn line would be too long. */
  explain?(row: Row): { title: string; pairs: TooltipPair[] };
}

/** Room above the plot and height of the step axis below it. */
export const FRAME = { top: 8, markTop: 22, right: 8, xHeight: 20 } as const;
