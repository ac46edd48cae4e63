// What the Proof tab draws: hops and measured influence of every token on every task, in words and as CSV.
import type { ProofReport } from '../../../engine/protocol/masks.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatCompact, shortTaskLabel, taskLabel } from '../../charts/format.ts';
import type { CellDescription, CellPosition } from '../../charts/heatmap/Heatmap.tsx';
import type { TableData } from '../../charts/parts/DataTable.tsx';

export const NO_WAY = -1;

/** The token groups along the columns, with their sizes. */
export function sourceGroups({ sources }: ProofReport): { name: string; size: number }[] {
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

export const sourceLabels = ({ sources }: ProofReport): string[] =>
  sources.map(({ name, group }) => (group === 'task' ? shortTaskLabel(name) : name));

const cellOf = (report: ProofReport, { row, column }: CellPosition) => row * report.sources.length + column;

export const hopsText = (hops: number): string =>
  hops === NO_WAY ? 'no way' : hops === 0 ? 'read itself' : String(hops);

export function pathOf(report: ProofReport, cell: CellPosition): string {
  return report.paths[cellOf(report, cell)] ?? '';
}

/** An influence that the masks do not explain. */
export const isLeak = (hops: number, influence: number): boolean => hops === NO_WAY && influence !== 0;

export function explainReach(report: ProofReport, cell: CellPosition): CellDescription {
  const at = cellOf(report, cell);
  return {
    title: `${report.sources[cell.column]?.name} → ${taskLabel(report.tasks[cell.row] ?? '')}`,
    pairs: [
      { label: 'Fewest hops', value: hopsText(report.hops[at] ?? NO_WAY) },
      { label: 'Measured influence', value: formatCompact(report.influence[at] ?? Number.NaN) },
    ],
  };
}

export function reachTable(report: ProofReport): TableData {
  return {
    caption: 'Fewest hops and measured influence of every token on every task',
    header: ['Task', ...report.sources.map((s) => s.name)],
    rows: report.tasks.map((task, row) => [
      taskLabel(task),
      ...report.sources.map((_, column) => {
        const at = row * report.sources.length + column;
        return `${hopsText(report.hops[at] ?? NO_WAY)}, ${formatCompact(report.influence[at] ?? Number.NaN)}`;
      }),
    ]),
  };
}

export function reachCsv(report: ProofReport): string {
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

/** A way from the token of one task to the output of another. */
export interface Leak {
  task: number;
  token: number;
  path: string;
  /** Change of the output when the token moves. */
  measured: number;
}

/** Strongest first; `pairs` counts what there could be. None where all tasks share one token. */
export function leaksOf({ tasks, sources, hops, paths, influence }: ProofReport): {
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
