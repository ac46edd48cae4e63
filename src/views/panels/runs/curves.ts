// Learning curves of groups of runs, one per seed.
import type { Role } from '../../../engine/core/roles.ts';
import type { EpochRecord, NetworkResult, SeedResult } from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { SeedCurve } from '../../charts/seedBand.ts';

export const CURVES = {
  score: { label: 'Validation metric', of: (record: EpochRecord) => record.score },
  loss: {
    label: 'Validation loss',
    of: (record: EpochRecord) => record.validationLosses.reduce((a, b) => a + b, 0),
  },
  train: {
    label: 'Training loss',
    of: (record: EpochRecord) => record.trainLosses.reduce((a, b) => a + b, 0),
  },
} as const;
export type CurveId = keyof typeof CURVES;
export type Basis = 'epoch' | 'step' | 'second';

export interface Curve extends SeedCurve {
  label: string;
}

const resultIn = ({ model, baseline, others }: SeedResult, role: Role): NetworkResult | null => {
  if (role === 'model') return model;
  return role === 'baseline' ? baseline : (others.find(({ result }) => result.role === role)?.result ?? null);
};

/**
 * Seconds of training per step, equal for all seeds of the runs, so that their curves share positions; NaN if no time is known.
 */
function secondsPerStep(records: readonly RunRecord[], role: Role): number {
  const timed = records.flatMap((run) => {
    const network = run.comparison.find((column) => column.role === role);
    const steps = run.seedStates.flatMap(({ result }) => (result && resultIn(result, role)?.steps) ?? []);
    return network && network.trainSeconds > 0
      ? steps.map((count) => ({ count, seconds: network.trainSeconds }))
      : [];
  });
  const sum = (of: (run: (typeof timed)[number]) => number) => timed.reduce((all, run) => all + of(run), 0);
  return sum((run) => run.seconds) / sum((run) => run.count);
}

/** Curves of one network, one per seed that has it. Time is that of the whole training, spread evenly over its steps. */
export function seedCurves(
  records: readonly RunRecord[],
  id: CurveId,
  basis: Basis,
  role: Role = 'model',
): Curve[] {
  const perStep = basis === 'second' ? secondsPerStep(records, role) : 1;
  if (Number.isNaN(perStep)) return [];
  return records.flatMap((run) =>
    run.seedStates.flatMap((state): Curve[] => {
      const epochs = state.records[role];
      if (!epochs) return [];
      return [
        {
          label: `seed ${state.seed}`,
          at: epochs.map((record) =>
            basis === 'second' ? Number((record.step * perStep).toPrecision(6)) : record[basis],
          ),
          values: epochs.map(CURVES[id].of),
        },
      ];
    }),
  );
}

/** The value of each curve where the shortest one ends: equal epochs, steps or time for all. */
export function onTheSameBasis(curves: readonly SeedCurve[]): { at: number; values: number[] } | null {
  const ends = curves.flatMap(({ at }) => at.at(-1) ?? []);
  if (ends.length < 2 || ends.length < curves.length) return null;
  const at = Math.min(...ends);
  return {
    at,
    values: curves.map((curve) => curve.values[curve.at.findLastIndex((own) => own <= at)] ?? Number.NaN),
  };
}
