// The input of a line chart: its lines, axes and marks, and the space around its plot.
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
  /** Not in the tooltip. */
  quiet?: boolean;
}

/** The area between two values of each row, behind the lines. */
export interface FrameArea {
  /** Keys of the values in the rows. */
  low: string;
  high: string;
  fill: string;
  /** Opacity of the area; default: faint enough to see others through it. */
  opacity?: number;
}

export interface Axis {
  domain: [number, number];
  ticks: number[];
  format(value: number): string;
  log?: boolean;
}

/** A vertical line with a label on top. */
export interface StepMark {
  step: number;
  label: string;
  kind: 'failure' | 'checkpoint';
}

export interface LineFrameProps {
  /** Describes the chart for screen readers. */
  label: string;
  width: number;
  height: number;
  rows: readonly Row[];
  x: Axis;
  y: Axis;
  yWidth: number;
  /** Drawn in this order, the last on top. */
  lines: readonly FrameLine[];
  areas?: readonly FrameArea[];
  marks?: readonly StepMark[];
  formatValue?(value: number): string;
  /** Label-value pairs of the tooltip for a row, if one per drawn line would be too many. */
  explain?(row: Row): { title: string; pairs: TooltipPair[] };
}

/** Space above the plot, and height of the step axis below it. */
export const FRAME = { top: 8, markTop: 22, right: 8, xHeight: 20 } as const;
