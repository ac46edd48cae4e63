// Proposals of which tasks to train together, from a measure, and the outcome of training in groups.
import { groupedNetworks, trainedTruths } from '../../../engine/config/together.ts';
import { type Grouping, groupTasks } from '../../../engine/core/grouping.ts';
import type { RelationMeasure, TrainedTruths } from '../../../engine/core/relationSummary.ts';
import type { Role } from '../../../engine/core/roles.ts';
import type { Decomposition } from '../../../engine/protocol/gain.ts';
import type { RunRecord, SeedState } from '../../../store/runRecord.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatSigned, taskLabel } from '../../charts/format.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';

/** Measures for which a higher value is better for the target. */
const AFFINITIES = ['cosine', 'etap', 'look-ahead', 'grad-tag', 'pair-gain'];
/** With more groupings than this, maps of pairs are shown. */
const MOST_COLUMNS = 4;

export const affinitiesOf = (measures: readonly RelationMeasure[]): RelationMeasure[] =>
  measures.filter(({ id }) => AFFINITIES.includes(id));

/** The groups with the best score. @param count - number of groups; null: the best number */
export function proposal(measure: RelationMeasure, numTasks: number, count: number | null): Grouping {
  const counts = count === null ? Array.from({ length: numTasks }, (_, i) => i + 1) : [count];
  const all = counts.map((k) => groupTasks(measure.matrix, numTasks, k));
  return all.reduce((best, next) => (next.score > best.score ? next : best));
}

export const groupText = (group: readonly number[], names: readonly string[]): string =>
  group.map((task) => taskLabel(names[task] ?? '')).join(', ');

/** What a task gets from the others of its group, on average; NaN for a task on its own. */
function received(matrix: ArrayLike<number>, n: number, group: readonly number[], task: number): number {
  const from = group.filter((other) => other !== task).map((other) => matrix[other * n + task] as number);
  return from.reduce((a, b) => a + b, 0) / from.length;
}

/** A line per group, with what each of its tasks gets from the others. */
export function proposalTable(
  { groups }: Grouping,
  { label, matrix }: RelationMeasure,
  names: readonly string[],
): TableData {
  const n = names.length;
  return {
    caption: `Groups by ${label.toLowerCase()}`,
    header: ['Trained together', 'What each gets from the others, on average'],
    rows: groups.map((group) => [
      groupText(group, names),
      group.length === 1
        ? 'trains alone'
        : group.map((t) => formatCompact(received(matrix, n, group, t))).join(', '),
    ]),
  };
}

/** A line per task: its group, and what it gets from the others there. */
export const proposalCsv = (
  { groups }: Grouping,
  { label, matrix }: RelationMeasure,
  names: readonly string[],
): string =>
  toCsv(
    ['measure', 'group', 'task', 'received_from_the_others'],
    groups.flatMap((group, g) =>
      group.map((task) => [label, g + 1, names[task] ?? '', received(matrix, names.length, group, task)]),
    ),
  );

type Trained = Pick<RunRecord, 'experiment'> & {
  seedStates: readonly Pick<SeedState, 'tested' | 'result'>[];
};

/** Available as soon as the network and its twin have been tested. */
function decompositionOf(
  { tested, result }: Trained['seedStates'][number],
  role: Role,
): Decomposition | null {
  if (!result) return tested[role]?.decomposition ?? null;
  if (role === 'model') return result.decomposition;
  return result.others.find((o) => o.result.role === role)?.decomposition ?? null;
}

/** A network's gain from sharing, per task in the unit of its metric, mean over the seeds that have it; null if none has. */
function sharingOf({ seedStates }: Trained, role: Role): number[] | null {
  const seeds = seedStates.flatMap((state) => decompositionOf(state, role) ?? []);
  const [first] = seeds;
  if (!first) return null;
  const mean = (task: number) =>
    seeds.reduce((sum, s) => sum + (s.perTask[task]?.difference.sharing as number), 0) / seeds.length;
  return first.perTask.map((_t, task) => mean(task));
}

export const truthsOfRun = (run: Trained, numTasks: number): TrainedTruths =>
  trainedTruths(run.experiment, numTasks, (role) => sharingOf(run, role));

/** The trained truths as maps beside the measures. */
export const truthMeasures = ({ pairs, leaveOneOut }: TrainedTruths): RelationMeasure[] => [
  ...(pairs
    ? [
        {
          id: 'pair-gain',
          label: 'Gain by training as a pair',
          matrix: pairs,
          isSymmetric: false,
          of: 'training' as const,
        },
      ]
    : []),
  ...(leaveOneOut
    ? [
        {
          id: 'left-out-gain',
          label: 'Gain lost when left out',
          matrix: leaveOneOut,
          isSymmetric: false,
          of: 'training' as const,
        },
      ]
    : []),
];

interface Outcome {
  /** Ids, one per task. */
  metrics: string[];
  /** Null where nothing has been tested yet. */
  networks: { label: string; sharing: number[] | null }[];
}

/** All together and each grouping, against every task apart; null if no groups, or too many, were trained. */
function outcomeOf(run: Trained, names: readonly string[]): Outcome | null {
  const grouped = groupedNetworks(run.experiment, names.length);
  const networks = [
    { label: 'All together', sharing: sharingOf(run, 'model') },
    ...grouped.map(({ role, groups }) => ({
      label: groups.map((group) => groupText(group, names)).join(' | '),
      sharing: sharingOf(run, role),
    })),
  ];
  if (grouped.length === 0 || grouped.length > MOST_COLUMNS || !networks[0]?.sharing) return null;
  const [first] = run.seedStates.flatMap((state) => decompositionOf(state, 'model') ?? []);
  return { metrics: first?.perTask.map((t) => t.metric) ?? [], networks };
}

/** @param metricText - the name of a metric within a sentence, by its id */
export function outcomeTable(
  run: Trained,
  names: readonly string[],
  metricText: (id: string) => string,
): TableData | null {
  const outcome = outcomeOf(run, names);
  if (!outcome) return null;
  const { metrics, networks } = outcome;
  const cell = (value: number | undefined) => (value === undefined ? 'not yet' : formatSigned(value, 4));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    caption: 'What training together has over every task apart, in the unit of the metric',
    header: ['Task', ...networks.map((n) => n.label)],
    rows: [
      ...names.map((name, t) => [
        `${taskLabel(name)} (${metricText(metrics[t] ?? '')})`,
        ...networks.map((n) => cell(n.sharing?.[t])),
      ]),
      ['Mean', ...networks.map((n) => cell(n.sharing ? mean(n.sharing) : undefined))],
    ],
  };
}

/** A line per task: what each way of training together has over every task apart, in the unit of the metric. */
export function outcomeCsv(run: Trained, names: readonly string[]): string {
  const { metrics, networks } = outcomeOf(run, names) ?? { metrics: [], networks: [] };
  return toCsv(
    ['task', 'metric', ...networks.map((n) => n.label)],
    names.map((name, t) => [name, metrics[t] ?? '', ...networks.map((n) => n.sharing?.[t] ?? null)]),
  );
}
