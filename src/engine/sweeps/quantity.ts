// Quantities of a run in a sweep: a metric, a gain or a part of it, of one network, for one task or as the mean over tasks; and
// which quantities some runs have.
import type { Role } from '../core/roles.ts';
import { distinctLabels, isTwin } from '../core/roles.ts';
import type { Decomposition, GainReport } from '../protocol/gain.ts';
import type { NetworkResult, RunResult, SeedResult } from '../protocol/result.ts';

/** Kinds of quantity. Gain and its parts are percentages on the test split; positive is better. */
export type QuantityKind = 'gain' | 'architecture' | 'sharing' | 'metric' | 'parameters' | 'best-epoch';

export interface Quantity {
  kind: QuantityKind;
  role: Role;
  /** Null: the mean over tasks. */
  task: string | null;
  /** For `metric`: its id, or null for the primary one of each task. */
  metric: string | null;
  /** For `metric`. */
  split: 'test' | 'validation';
}

export const quantity = (kind: QuantityKind, rest: Partial<Quantity> = {}): Quantity => ({
  kind,
  role: 'model',
  task: null,
  metric: null,
  split: 'test',
  ...rest,
});

/** One network of one seed, with its comparisons. */
export interface TestedOnce {
  network: NetworkResult;
  gain: GainReport | null;
  decomposition: Decomposition | null;
}

/** The networks of a seed in order. */
export const testedIn = (seed: SeedResult): TestedOnce[] => [
  ...(seed.baseline ? [{ network: seed.baseline, gain: null, decomposition: null }] : []),
  { network: seed.model, gain: seed.gain, decomposition: seed.decomposition },
  ...seed.others.map(({ result, gain, decomposition }) => ({ network: result, gain, decomposition })),
];

const meanOfDefined = (values: readonly number[]): number => {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
};

/** The value for one seed; NaN if there is none. */
export function valueIn(seed: SeedResult, wanted: Quantity): number {
  const own = testedIn(seed).find(({ network }) => network.role === wanted.role);
  if (!own) return Number.NaN;
  const { network, gain, decomposition } = own;
  const { kind, task } = wanted;
  switch (kind) {
    case 'parameters':
      return network.parameters;
    case 'best-epoch': {
      const epochs = network.test.flatMap((score, i) =>
        task === null || score.task === task ? [network.bestEpochs[i] ?? Number.NaN] : [],
      );
      return meanOfDefined(epochs);
    }
    case 'metric': {
      const scores = network[wanted.split].filter((score) => task === null || score.task === task);
      return meanOfDefined(
        scores.map((score) => score.metrics[wanted.metric ?? score.primary]?.value ?? Number.NaN),
      );
    }
    case 'gain': {
      if (task === null) return gain?.mean ?? Number.NaN;
      return gain?.perTask.find((t) => t.task === task)?.gain ?? Number.NaN;
    }
    case 'architecture':
    case 'sharing': {
      if (task === null) return decomposition?.mean[kind] ?? Number.NaN;
      return decomposition?.perTask.find((t) => t.task === task)?.percent[kind] ?? Number.NaN;
    }
    default:
      return kind satisfies never;
  }
}

export interface QuantityEntry {
  quantity: Quantity;
  label: string;
  /** `%` for gain and its parts; else empty. */
  unit: string;
  /** Signed, with 0 in the middle of the colour map. */
  isSigned: boolean;
}

const LABELS: Record<Exclude<QuantityKind, 'metric'>, string> = {
  gain: 'gain',
  architecture: 'architecture',
  sharing: 'sharing',
  parameters: 'parameters',
  'best-epoch': 'best epoch',
};

/** All quantities of these results, the most informative first. Tasks are left out if `withTasks` is false. */
export function quantitiesIn(results: readonly RunResult[], withTasks = true): QuantityEntry[] {
  const found = new Map<string, QuantityEntry>();
  const kinds: QuantityKind[] = ['gain', 'sharing', 'architecture', 'metric', 'best-epoch', 'parameters'];
  const seeds = results.flatMap((result) => result.seeds);
  // Every quantity of a binary task names the positive class.
  const positives = new Map(
    results.flatMap(({ dataset }) => (dataset?.tasks ?? []).map((t) => [t.name, t.positive] as const)),
  );
  const taskText = (task: string) => {
    const positive = positives.get(task);
    return positive === undefined ? `, ${task}` : `, ${task} (positive: ${positive})`;
  };
  // Kind by kind, so that gains come before metrics whichever the first run has.
  for (const kind of kinds) {
    for (const seed of seeds) {
      const all = testedIn(seed);
      const names = distinctLabels(all.map(({ network }) => network));
      for (const [i, { network }] of all.entries()) {
        const { role, test } = network;
        if (isTwin(role) && kind !== 'metric') continue;
        const name = names[i] as string;
        const tasks = [null, ...(withTasks && kind !== 'parameters' ? test.map(({ task }) => task) : [])];
        const metrics =
          kind === 'metric' ? [null, ...new Set(test.flatMap((t) => Object.keys(t.metrics)))] : [null];
        for (const task of tasks) {
          for (const metric of metrics) {
            const wanted = quantity(kind, { role, task, metric });
            const key = JSON.stringify(wanted);
            if (found.has(key) || Number.isNaN(valueIn(seed, wanted))) continue;
            const isSigned = kind === 'gain' || kind === 'sharing' || kind === 'architecture';
            const what = kind === 'metric' ? (metric ?? 'primary metric') : LABELS[kind];
            const where = kind === 'parameters' ? '' : task === null ? ', mean over tasks' : taskText(task);
            found.set(key, {
              quantity: wanted,
              label: `${name}: ${what}${where}`,
              unit: isSigned ? '%' : '',
              isSigned,
            });
          }
        }
      }
    }
  }
  return [...found.values()];
}
