// A sweep's results as a table for the terminal: a row per cell; gain, its parts and the primary metric with intervals.
import { catalog } from '../../engine/catalog.ts';
import { visible } from '../../engine/core/errors.ts';
import { isTwin } from '../../engine/core/roles.ts';
import { aggregate, type CellFigure, type CellResult } from '../../engine/sweeps/aggregate.ts';
import { axisLabel, type Cell } from '../../engine/sweeps/expand.ts';
import { type QuantityEntry, quantitiesIn } from '../../engine/sweeps/quantity.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { fixed } from '../fixed.ts';
import { textTable } from '../tables.ts';

/** Columns besides the axes; more do not fit a terminal. */
const MAX_FIGURES = 4;

/** The most informative quantities: means over tasks of gain and its parts, and of the primary metric. */
export function tellingQuantities(results: readonly CellResult[]): QuantityEntry[] {
  const all = quantitiesIn(
    results.map(({ result }) => result),
    false,
  ).filter(({ quantity: { kind, metric, role } }) => {
    if (kind === 'best-epoch' || kind === 'parameters' || metric !== null) return false;
    return !isTwin(role);
  });
  return all;
}

export function sweepTable(sweep: Sweep, cells: readonly Cell[], results: readonly CellResult[]): string {
  const figures = tellingQuantities(results).slice(0, MAX_FIGURES);
  const columns = figures.map(({ quantity }) => aggregate(sweep, cells, results, quantity));
  const header = [
    ...sweep.axes.map((axis) => axisLabel(sweep, axis, catalog)),
    'seeds',
    ...figures.map(({ label, unit }) => label.replace(', mean over tasks', '') + (unit ? ` ${unit}` : '')),
  ];
  const ended = aggregate(sweep, cells, results, figures[0]?.quantity ?? NOTHING);
  const rows = cells.map((cell, i) => [
    ...cell.labels,
    `${ended[i]?.ended ?? 0}/${sweep.seeds.length}${ended[i]?.failure ? ' (failed)' : ''}`,
    ...columns.map((column, c) => figureText(column[i] as CellFigure, figures[c]?.isSigned ?? false)),
  ]);
  const failures = [...new Set(ended.flatMap(({ failure }) => failure ?? []))];
  return [
    `${visible(sweep.label)}: means over tasks on the test split, and the 95 % intervals of the means over seeds`,
    textTable(header, rows, 'padEnd'),
    ...failures.map((failure) => `failed: ${visible(failure)}`),
  ].join('\n');
}

const NOTHING = { kind: 'gain', role: 'model', task: null, metric: null, split: 'test' } as const;

/** With the number of seeds where some that have ended have no value: a gain over a baseline near zero is none. */
function figureText({ mean, low, high, n, ended }: CellFigure, isSigned: boolean): string {
  if (Number.isNaN(mean)) return '–';
  const text = (value: number) => (isSigned ? `${value >= 0 ? '+' : ''}${fixed(value, 1)}` : fixed(value, 3));
  const interval = Number.isNaN(low) ? '' : ` [${text(low)}, ${text(high)}]`;
  return `${text(mean)}${interval}${n < ended ? ` (n = ${n})` : ''}`;
}
