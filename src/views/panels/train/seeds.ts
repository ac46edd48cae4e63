// Curves of a run over its seeds: which ones are shown, and their mean with spread.
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import { isOver, type RunRecord } from '../../../store/runRecord.ts';
import type { SeedView } from '../../../store/view.ts';
import type { LossMultipleData, LossOfSeed } from '../../charts/LossMultiples.tsx';
import type { MetricCurve } from '../../charts/MetricChart.tsx';
import { type Band, bandOf } from '../../charts/seedBand.ts';
import { lossMultiples, metricCurve } from './losses.ts';

export interface SeedRecords {
  seed: number;
  records: readonly EpochRecord[];
}

/** Seeds of a network that have finished an epoch. */
export const seedsWith = (
  { seedStates }: Pick<RunRecord, 'seedStates'>,
  role: keyof RunRecord['seedStates'][number]['records'],
): SeedRecords[] =>
  seedStates.flatMap(({ seed, records }) => {
    const own = records[role] ?? [];
    return own.length > 0 ? [{ seed, records: own }] : [];
  });

/** What is shown: the newest seed during training or if it is the only one, all of them at the end. */
export function shownSeeds(
  chosen: SeedView,
  { status }: Pick<RunRecord, 'status'>,
  count: number,
): Exclude<SeedView, 'auto'> {
  if (count < 2) return 'newest';
  if (chosen !== 'auto') return chosen;
  return isOver(status) ? 'mean' : 'newest';
}

/** "mean of 3 seeds" */
export const seedsText = (shown: Exclude<SeedView, 'auto'>, seeds: readonly SeedRecords[]): string =>
  shown === 'newest' ? `seed ${seeds.at(-1)?.seed ?? ''}` : `mean of ${seeds.length} seeds`;

/** Explains the line and the area or lines behind it. */
export const SEEDS_CAPTION = {
  mean: 'Line: mean over the seeds; area: one standard deviation either way.',
  each: 'Line: mean over the seeds; faint: each of them.',
} as const;

export interface MetricOfSeeds {
  /** Mean over the seeds, with its band. */
  mean: MetricCurve & { low: number[][]; high: number[][] };
  each: (MetricCurve & { seed: number })[];
}

/** Where some seeds ended early, the remaining ones count. */
export function metricOfSeeds(tasks: number, seeds: readonly SeedRecords[]): MetricOfSeeds {
  const each = seeds.map(({ seed, records }) => ({ seed, ...metricCurve(tasks, [...records]) }));
  const bands = Array.from({ length: tasks }, (_, task) =>
    bandOf(each.map(({ steps, values }) => ({ at: steps, values: values[task] ?? [] }))),
  );
  const steps = bands[0]?.at ?? [];
  return {
    mean: {
      steps,
      values: bands.map((band) => band.mean),
      low: bands.map((band) => band.low),
      high: bands.map((band) => band.high),
    },
    each,
  };
}

/** Losses after each epoch: means over the seeds with their bands, and each seed. */
export function lossesOfSeeds(
  taskNames: readonly string[],
  seeds: readonly SeedRecords[],
): LossMultipleData[] {
  const each = seeds.map(({ seed, records }) => ({
    seed,
    multiples: lossMultiples(taskNames, [...records], 1, null),
  }));
  const [first] = each;
  return (first?.multiples ?? []).map(({ label, task }, at) => {
    const own = each.flatMap(({ seed, multiples }): LossOfSeed[] => {
      const multiple = multiples[at];
      return multiple ? [{ seed, training: multiple.training, validation: multiple.validation }] : [];
    });
    const band = (part: 'training' | 'validation'): LossMultipleData['training'] =>
      curveOf(bandOf(own.map((seed) => ({ at: seed[part].steps, values: seed[part].values }))));
    return {
      label,
      task,
      raw: { steps: [], values: [] },
      training: band('training'),
      validation: band('validation'),
      each: own,
    };
  });
}

const curveOf = ({ at, mean, low, high }: Band) => ({ steps: at, values: mean, low, high });
