// Proposals of which tasks to train together, from a measure, and the outcome of training in groups.
import { groupedNetworks, trainedTruths } from '../../../engine/config/together.ts';
import { type Grouping, groupTasks } from '../../../engine/core/grouping.ts';
import type { RelationMeasure, TrainedTruths } from '../../../engine/core/relationSummary.ts';
import type { Role } from '../../../engine/core/roles.ts';
import type { Decomposition } from '../../../engine/protocol/gain.ts';
import type { RunRecord, SeedState } from '../../../store/runRecord.ts';
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

/** A line per group, with what each of its tasks gets from the others. */
export function proposalTable(
  { groups }: Grouping,
  { label, matrix }: RelationMeasure,
  names: readonly string[],
): TableData {
  const n = names.length;
  const received = (group: readonly number[], task: number) => {
    const from = group.filter((other) => other !== task).map((other) => matrix[other * n + task] as number);
    return from.reduce((a, b) => a + b, 0) / from.length;
  };
  return {
    caption: `Groups by ${label.toLowerCase()}`,
    header: ['Trained together', 'What each gets from the others, on average'],
    rows: groups.map((group) => [
      groupText(group, names),
      group.length === 1 ? 'trains alone' : group.map((t) => formatCompact(received(group, t))).join(', '),
    ]),
  };
}

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

/** All together and each grouping, against every task apart; null if no groups, or too many, were trained. */
export function outcomeTable(run: Trained, names: readonly string[]): TableData | null {
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
  const metrics = first?.perTask.map((t) => t.metric) ?? [];
  const cell = (value: number | undefined) => (value === undefined ? 'not yet' : formatSigned(value, 4));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    caption: 'What training together has over every task apart, in the unit of the metric',
    header: ['Task', ...networks.map((n) => n.label)],
    rows: [
      ...names.map((name, t) => [
        `${taskLabel(name)} (${metrics[t]})`,
        ...networks.map((n) => cell(n.sharing?.[t])),
      ]),
      ['Mean', ...networks.map((n) => cell(n.sharing ? mean(n.sharing) : undefined))],
    ],
  };
}
