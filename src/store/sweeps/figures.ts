// Figures of a sweep on the page, from the entries of kept runs, so that no record is read for a chart.

import { type Estimate, estimate } from '../../engine/core/interval.ts';
import type { Role } from '../../engine/core/roles.ts';
import { isTwin } from '../../engine/core/roles.ts';
import type { Cell, SweepRun } from '../../engine/sweeps/expand.ts';
import type { NetworkSummary, RunEntry } from '../runEntry.ts';
import { runIdOf } from './runIds.ts';
import type { Expanded } from './sweepItem.ts';

export interface Figure {
  id: string;
  /** "MT-MLP: gain, mean over tasks" */
  label: string;
  /** `%`, `s`, or empty. */
  unit: string;
  /** Drawn with 0 in the middle of the colour map. */
  isSigned: boolean;
  role: Role;
  /** Of the metric of a single task, for which more is better: its name. */
  task?: string;
  /** The value for a run of one seed; NaN if it has none. */
  read(network: NetworkSummary): number;
}

const ofTheSeed = (values: readonly number[] | null | undefined): number => values?.[0] ?? Number.NaN;

/**
 * Every figure that some of these runs have, the most informative first.
 * @param metricText - the name of a metric within a sentence, by its id
 */
export function figuresIn(entries: readonly RunEntry[], metricText: (id: string) => string): Figure[] {
  const found = new Map<string, Figure & { rank: number }>();
  const add = (
    network: NetworkSummary,
    rank: number,
    what: string,
    rest: Omit<Figure, 'id' | 'label' | 'role'>,
  ) => {
    const { role, label } = network;
    const id = `${role} ${what}`;
    if (found.has(id) || Number.isNaN(rest.read(network))) return;
    const name = role === 'model' ? '' : `${label}: `;
    found.set(id, { id, label: `${name}${what}`, role, rank, ...rest });
  };
  for (const { networks } of entries) {
    for (const network of networks) {
      const percent = { unit: '%', isSigned: true };
      if (!isTwin(network.role)) {
        add(network, 1, 'gain, mean over tasks', { ...percent, read: ({ gain }) => ofTheSeed(gain) });
        // Who trains a twin asks what sharing brings.
        add(network, 0, 'sharing part of the gain', {
          ...percent,
          read: ({ sharing }) => ofTheSeed(sharing),
        });
      }
      for (const [at, { task, metric, positive }] of network.perTask.entries()) {
        const ofClass = positive === undefined ? '' : `, positive: ${positive}`;
        add(network, 2, `${metricText(metric)} of ${task}${ofClass}`, {
          unit: '',
          isSigned: false,
          task,
          read: ({ perTask }) => {
            const own = perTask[at];
            return own?.task === task && own.metric === metric ? ofTheSeed(own.perSeed) : Number.NaN;
          },
        });
      }
      add(network, 3, 'training time', { unit: 's', isSigned: false, read: (n) => n.trainSeconds });
      add(network, 4, 'FLOPs of a row', {
        unit: '',
        isSigned: false,
        read: (n) => n.flopsPerRow ?? Number.NaN,
      });
      add(network, 4, 'parameters', { unit: '', isSigned: false, read: (n) => n.parameters });
    }
  }
  const isModel = (figure: Figure) => (figure.role === 'model' ? 0 : 1);
  return [...found.values()].sort((a, b) => isModel(a) - isModel(b) || a.rank - b.rank);
}

export interface CellFigures extends Estimate {
  cell: Cell;
  /** Number of seeds with a value, of `seeds`. */
  n: number;
  seeds: number;
  /** Its kept runs, seed by seed. */
  entries: readonly RunEntry[];
}

/** One figure for every cell: mean, spread and interval over the finished seeds. */
export function cellFigures(
  { cells, runs }: Expanded,
  sweep: string,
  kept: ReadonlyMap<string, RunEntry>,
  figure: Figure,
): CellFigures[] {
  const byCell = new Map<string, SweepRun[]>(cells.map(({ id }) => [id, []]));
  for (const run of runs) byCell.get(run.cell)?.push(run);
  return cells.map((cell) => {
    const own = byCell.get(cell.id) ?? [];
    const entries = own.flatMap((run) => kept.get(runIdOf(sweep, run)) ?? []);
    const perSeed = own.map((run) => {
      const entry = kept.get(runIdOf(sweep, run));
      const network = entry?.status === 'finished' && entry.networks.find((n) => n.role === figure.role);
      return network ? figure.read(network) : Number.NaN;
    });
    const n = perSeed.filter((value) => !Number.isNaN(value)).length;
    return { cell, ...estimate(perSeed), n, seeds: own.length, entries };
  });
}

/** The values along an axis, in the order of the cells. */
export const placesOf = (cells: readonly Cell[], axis: number): string[] => [
  ...new Set(cells.map(({ labels }) => labels[axis] ?? '')),
];

export interface Grid {
  rows: string[];
  columns: string[];
  /** [rows, columns]; null if there is no such cell. */
  cells: (CellFigures | null)[];
}

/**
 * Cells over two axes.
 * @param rowAxis - null for a single row
 * @param fixed - the position on every further axis
 */
export function gridOf(
  figures: readonly CellFigures[],
  columnAxis: number,
  rowAxis: number | null,
  fixed: ReadonlyMap<number, string>,
): Grid {
  const cells = figures.map(({ cell }) => cell);
  const columns = placesOf(cells, columnAxis);
  const rows = rowAxis === null ? [''] : placesOf(cells, rowAxis);
  const isIn = (labels: readonly string[]) =>
    labels.every((label, axis) => axis === columnAxis || axis === rowAxis || label === fixed.get(axis));
  const keyOf = (row: string | undefined, column: string | undefined) => JSON.stringify([row, column]);
  const shown = new Map<string, CellFigures>();
  for (const own of figures) {
    const { labels } = own.cell;
    const key = keyOf(rowAxis === null ? '' : labels[rowAxis], labels[columnAxis]);
    if (isIn(labels) && !shown.has(key)) shown.set(key, own);
  }
  return {
    rows,
    columns,
    cells: rows.flatMap((row) => columns.map((column) => shown.get(keyOf(row, column)) ?? null)),
  };
}
