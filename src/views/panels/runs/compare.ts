// Runs side by side: those that differ only in their seeds form a group, with mean, spread and interval over the seeds; two
// groups are compared on the seeds that both have. A group stands for one network of its runs (`networks.ts` makes the others).
import type { Catalog } from '../../../engine/config/catalog.ts';
import { settingAt } from '../../../engine/config/changes.ts';
import { differences } from '../../../engine/config/codec.ts';
import type { Experiment } from '../../../engine/config/experiment.ts';
import { type Estimate, estimate, meanOf } from '../../../engine/core/interval.ts';
import { type PairedTest, pairedTest } from '../../../engine/core/pairedTests.ts';
import type { Role } from '../../../engine/core/roles.ts';
import { type NetworkSummary, nameOf, networkIn, type RunEntry } from '../../../store/runEntry.ts';

/** With fewer pairs than this, Wilcoxon's test cannot reach 0.05, whatever the numbers. */
export const FEW_PAIRS = 6;

/** What the runs of a group share: all settings but the seeds, or the value of one setting. */
export type Grouping = { kind: 'same-settings' } | { kind: 'setting'; key: string } | { kind: 'none' };

export interface SettingColumn {
  /** Key as in a link. */
  key: string;
  label: string;
}

export interface Group {
  id: string;
  label: string;
  /** The network of its runs that figures and curves are of. */
  role: Role;
  /** Text of each setting column; "several" if the runs of the group differ. */
  settings: string[];
  /** Newest first. */
  runs: RunEntry[];
}

/** A figure of a network that a table can show. */
export interface Figure {
  id: string;
  label: string;
  /** Decimals in a table. */
  decimals: number;
  /** Null if a difference is neither better nor worse. */
  higherIsBetter: boolean | null;
  /** One value per finished seed of a run; empty if it has none. */
  of(network: NetworkSummary): readonly number[];
}

const SEEDS = ['seed', 'repeats'];

/** Settings in which the runs differ, seeds excluded, in the order of the panel. */
export function settingColumns(runs: readonly RunEntry[], catalog: Catalog): SettingColumn[] {
  const [first, ...others] = runs;
  if (!first) return [];
  const labels = new Map<string, string>();
  for (const { experiment } of others) {
    const pairs = [
      [experiment, first.experiment],
      // A setting that only the first run has.
      [first.experiment, experiment],
    ] as const;
    for (const [e, other] of pairs)
      for (const key of differences(e, other, catalog)) {
        if (SEEDS.includes(key) || labels.has(key)) continue;
        const setting = settingAt(e, key, catalog);
        if (setting) labels.set(key, setting.label);
      }
  }
  return [...labels].map(([key, label]) => ({ key, label }));
}

const textAt = (experiment: Experiment, key: string, catalog: Catalog): string =>
  settingAt(experiment, key, catalog)?.text ?? '–';

/** Groups in the order in which their first run was begun. */
export function groupRuns(
  runs: readonly RunEntry[],
  columns: readonly SettingColumn[],
  grouping: Grouping,
  catalog: Catalog,
): Group[] {
  const oldestFirst = [...runs].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const keyOf = (entry: RunEntry): string => {
    if (grouping.kind === 'none') return entry.runId;
    if (grouping.kind === 'setting') return textAt(entry.experiment, grouping.key, catalog);
    return JSON.stringify(columns.map(({ key }) => textAt(entry.experiment, key, catalog)));
  };
  const groups = new Map<string, RunEntry[]>();
  for (const entry of oldestFirst) {
    const key = keyOf(entry);
    groups.set(key, [entry, ...(groups.get(key) ?? [])]);
  }
  return [...groups].map(([id, own]) => {
    const settings = columns.map(({ key }) => {
      const texts = new Set(own.map((entry) => textAt(entry.experiment, key, catalog)));
      return texts.size === 1 ? ([...texts][0] as string) : 'several';
    });
    const label = labelOf(own, columns, settings, grouping, catalog);
    return { id, label, role: 'model', settings, runs: own };
  });
}

function labelOf(
  runs: readonly RunEntry[],
  columns: readonly SettingColumn[],
  settings: readonly string[],
  grouping: Grouping,
  catalog: Catalog,
): string {
  const [first] = runs as [RunEntry];
  if (runs.length === 1 || columns.length === 0) return nameOf(first);
  if (grouping.kind === 'setting') {
    const column = columns.find(({ key }) => key === grouping.key);
    return `${column?.label ?? grouping.key} ${textAt(first.experiment, grouping.key, catalog)}`;
  }
  return columns.map(({ label }, i) => `${label} ${settings[i]}`).join(', ');
}

/** The figures that these networks of the runs have: gain and its parts, the metric of every task, and their cost. */
export function figuresOf(
  runs: readonly RunEntry[],
  catalog: Catalog,
  roles: readonly Role[] = ['model'],
): Figure[] {
  const models = runs.flatMap(({ networks }) => networks.filter(({ role }) => roles.includes(role)));
  const percent = { decimals: 2, higherIsBetter: true };
  const metricLabel = (id: string) =>
    catalog.taskTypes.flatMap((type) => type.metrics).find((metric) => metric.id === id)?.label ?? id;
  const classesOf = (task: string) => {
    const all = models.flatMap((m) => m.perTask.flatMap((t) => (t.task === task ? (t.positive ?? []) : [])));
    return all.length > 0 ? ` of ${[...new Set(all)].join(' or ')}` : '';
  };
  const tasks = new Map(
    models.flatMap((model) => model.perTask.map((task) => [`${task.task} ${task.metric}`, task] as const)),
  );
  return [
    ...(models.some((m) => m.gain)
      ? [{ id: 'gain', label: 'Gain, %', ...percent, of: (m: NetworkSummary) => m.gain ?? [] }]
      : []),
    ...(models.some((m) => m.sharing)
      ? [{ id: 'sharing', label: 'Sharing, %', ...percent, of: (m: NetworkSummary) => m.sharing ?? [] }]
      : []),
    ...[...tasks].map(([id, { task, metric, higherIsBetter }]) => ({
      id,
      label: `${task}: ${metricLabel(metric)}${classesOf(task)}`,
      decimals: 3,
      higherIsBetter,
      of: (m: NetworkSummary) => m.perTask.find((t) => t.task === task && t.metric === metric)?.perSeed ?? [],
    })),
    {
      id: 'parameters',
      label: 'Parameters',
      decimals: 0,
      higherIsBetter: null,
      of: (m: NetworkSummary) => [m.parameters],
    },
    ...(models.some((m) => m.flopsPerRow !== undefined)
      ? [
          {
            id: 'flops',
            label: 'FLOPs of a row',
            decimals: 0,
            higherIsBetter: null,
            of: (m: NetworkSummary) => (m.flopsPerRow === undefined ? [] : [m.flopsPerRow]),
          },
        ]
      : []),
    {
      id: 'seconds',
      label: 'Training, s',
      decimals: 1,
      higherIsBetter: null,
      of: (m: NetworkSummary) => [m.trainSeconds],
    },
  ];
}

/** Values by seed; if two runs have a seed, the newer one counts. */
export function valuesBySeed(
  { runs, role }: Pick<Group, 'runs' | 'role'>,
  figure: Figure,
): Map<number, number> {
  const values = new Map<number, number>();
  for (const entry of [...runs].reverse()) {
    const network = networkIn(entry, role);
    if (!network) continue;
    figure.of(network).forEach((value, i) => {
      const seed = entry.seeds[i];
      if (seed !== undefined && !Number.isNaN(value)) values.set(seed, value);
    });
  }
  return values;
}

export interface GroupFigure extends Estimate {
  n: number;
}

export function figureOf(group: Pick<Group, 'runs' | 'role'>, figure: Figure): GroupFigure {
  const values = [...valuesBySeed(group, figure).values()];
  return { ...estimate(values), n: values.length };
}

/** Differences of one group to another, seed by seed. */
export function compared(group: Group, reference: Group, figure: Figure): PairedTest & { isTooFew: boolean } {
  const [own, other] = [valuesBySeed(group, figure), valuesBySeed(reference, figure)];
  const seeds = [...own.keys()].filter((seed) => other.has(seed));
  const test = pairedTest(
    seeds.map((seed) => own.get(seed) as number),
    seeds.map((seed) => other.get(seed) as number),
  );
  return { ...test, isTooFew: test.n < FEW_PAIRS };
}

/** Parameters of the networks of one group over those of another one, means over runs; NaN where one of them has none. */
export function sizeRatio(
  group: Pick<Group, 'runs' | 'role'>,
  reference: Pick<Group, 'runs' | 'role'>,
): number {
  const meanSize = ({ runs, role }: Pick<Group, 'runs' | 'role'>) =>
    meanOf(runs.flatMap((entry) => networkIn(entry, role)?.parameters ?? []));
  return meanSize(group) / meanSize(reference);
}

/** Whether networks count as equally large: the ratio of their parameters is 1 within a tenth. */
export const isAsLarge = (ratio: number): boolean => ratio >= 1 / 1.1 && ratio <= 1.1;

export interface ParetoPoint {
  label: string;
  cost: number;
  value: number;
}

/**
 * The points that no other dominates, cheapest first. One dominates another if it is as cheap and better, or cheaper and as
 * good.
 */
export function paretoFront<P extends Pick<ParetoPoint, 'cost' | 'value'>>(points: readonly P[]): P[] {
  const sorted = points
    .filter(({ cost, value }) => Number.isFinite(cost) && Number.isFinite(value))
    .sort((a, b) => a.cost - b.cost || b.value - a.value);
  const front: P[] = [];
  for (const point of sorted) if (point.value > (front.at(-1)?.value ?? -Infinity)) front.push(point);
  return front;
}
