// Data of the Mask tests view: hops and measured influence of every token on every task, in words and as CSV.
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatCompact, formatFixed, shortTaskLabel, taskLabel } from '../../charts/format.ts';
import type { CellDescription, CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { BOTH_RUNS, sharedBy, squareRootScale } from '../../charts/heatmap/colorScale.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';

export const NO_WAY = -1;

/** The token groups along the columns, with their sizes. */
export function sourceGroups({ sources }: MaskTestReport): { name: string; size: number }[] {
  const names = { task: 'task tokens', categorical: 'categorical', numeric: 'numeric', row: 'rows' } as const;
  const groups: { name: string; size: number }[] = [];
  let last: string | null = null;
  for (const { group } of sources) {
    if (group === last) (groups.at(-1) as { size: number }).size++;
    else groups.push({ name: names[group], size: 1 });
    last = group;
  }
  return groups;
}

export const sourceLabels = ({ sources }: MaskTestReport): string[] =>
  sources.map(({ name, group }) => (group === 'task' ? shortTaskLabel(name) : name));

/** Tasks down, tokens across. */
export const reachAxes = (report: MaskTestReport): { rows: AxisSpec; columns: AxisSpec } => ({
  rows: {
    title: 'output (rows)',
    id: 'task',
    labels: report.tasks.map(shortTaskLabel),
    names: report.tasks,
    groups: [{ name: '', size: report.tasks.length }],
    tasks: report.tasks.map((_, task) => task),
  },
  columns: {
    title: 'token (columns)',
    id: 'token',
    labels: sourceLabels(report),
    names: report.sources.map(({ name }) => name),
    groups: sourceGroups(report),
  },
});

/** Limits for a cell in the map of tokens against outputs, CSS pixels. */
export const REACH_CELL = { smallest: 12, largest: 40 };

const cellOf = (report: MaskTestReport, { row, column }: CellPosition) =>
  row * report.sources.length + column;

export const hopsText = (hops: number): string =>
  hops === NO_WAY ? 'no way' : hops === 0 ? 'read itself' : String(hops);

export function pathOf(report: MaskTestReport, cell: CellPosition): string {
  return report.paths[cellOf(report, cell)] ?? '';
}

export function explainReach(report: MaskTestReport, cell: CellPosition): CellDescription {
  const at = cellOf(report, cell);
  return {
    title: `${report.sources[cell.column]?.name} → ${taskLabel(report.tasks[cell.row] ?? '')}`,
    pairs: [
      { label: 'Fewest hops', value: hopsText(report.hops[at] ?? NO_WAY) },
      { label: 'Measured influence', value: formatCompact(report.influence[at] ?? Number.NaN) },
    ],
  };
}

/**
 * Maps of fewest hops, and of measured influence.
 * @param beside - the report of the run in the other column, whose influences have the same scale
 */
export function reachMaps(
  report: MaskTestReport,
  beside: MaskTestReport | null = null,
): { hops: HeatmapMark; influence: HeatmapMark } {
  const axes = reachAxes(report);
  const most = Math.max(1, ...report.hops);
  const explain = (position: CellPosition) => explainReach(report, position);
  return {
    hops: {
      ...axes,
      id: 'fewest_hops',
      title: 'Reach',
      subtitle: 'fewest hops through masks and layers',
      label: 'Fewest hops from each token to the output of each task. Rows are outputs, columns are tokens.',
      values: report.hops,
      // Fewer hops are brighter.
      scale: { kind: 'linear', low: most + 1, high: 0, ends: null },
      blocked: Uint8Array.from(report.hops, (hops) => (hops === NO_WAY ? 1 : 0)),
      blockedText: hopsText(NO_WAY),
      legendText: '0: the tower reads the token itself',
      show: hopsText,
      print: (hops) => (hops === NO_WAY ? '' : String(hops)),
      explain,
    },
    influence: {
      ...axes,
      id: 'measured_influence',
      title: 'Measured',
      subtitle: 'change of the output when the token moves',
      label:
        'Measured influence of each token on the output of each task. Rows are outputs, columns are tokens.',
      values: report.influence,
      scale: beside
        ? sharedBy(
            squareRootScale(Math.max(largest(report.influence), largest(beside.influence)), formatCompact),
            BOTH_RUNS,
          )
        : squareRootScale(largest(report.influence), formatCompact),
      show: formatCompact,
      print: (value) => formatFixed(value, 2),
      explain,
    },
  };
}

export function reachCsv(report: MaskTestReport): string {
  const lines = report.tasks.flatMap((task, row) =>
    report.sources.map(({ name }, column): CsvValue[] => {
      const at = row * report.sources.length + column;
      const hops = report.hops[at] ?? NO_WAY;
      return [
        task,
        name,
        hops === NO_WAY ? null : hops,
        report.influence[at] ?? null,
        report.paths[at] ?? '',
      ];
    }),
  );
  return toCsv(['task', 'token', 'fewest_hops', 'measured_influence', 'path'], lines);
}

/** A path from the token of one task to the output of another. */
export interface Leak {
  task: number;
  token: number;
  path: string;
  /** Change of the output when the token changes. */
  measured: number;
}

/** A line per leak, strongest first. */
export const leaksCsv = (report: MaskTestReport): string =>
  toCsv(
    ['token', 'output', 'path', 'measured_influence'],
    leaksOf(report).leaks.map(({ token, task, path, measured }) => [
      report.sources[token]?.name ?? '',
      report.tasks[task] ?? '',
      path,
      measured,
    ]),
  );

/** Strongest first; `pairs` counts the possible ones. Empty if all tasks share one token. */
export function leaksOf({ tasks, sources, hops, paths, influence }: MaskTestReport): {
  leaks: Leak[];
  pairs: number;
} {
  const tokens = sources.flatMap((s, i) => (s.group === 'task' && tasks.includes(s.name) ? [i] : []));
  const others = tasks.flatMap((name, task) =>
    tokens.filter((token) => sources[token]?.name !== name).map((token) => ({ task, token })),
  );
  const leaks = others.flatMap(({ task, token }): Leak[] => {
    const at = task * sources.length + token;
    if (hops[at] === NO_WAY) return [];
    return [{ task, token, path: paths[at] ?? '', measured: influence[at] ?? Number.NaN }];
  });
  return { leaks: leaks.sort((a, b) => b.measured - a.measured), pairs: others.length };
}
