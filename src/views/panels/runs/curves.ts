// Curves of groups of runs over epochs: of every seed, or their mean with one standard deviation either way.
import { meanOf, sampleSd } from '../../../engine/core/interval.ts';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';

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
export type Basis = 'epoch' | 'step';

export interface Curve {
  label: string;
  at: number[];
  values: number[];
}

/** Of the model, one per seed. */
export function seedCurves(records: readonly RunRecord[], id: CurveId, basis: Basis): Curve[] {
  return records.flatMap((run) =>
    run.seedStates.map((state) => ({
      label: `seed ${state.seed}`,
      at: state.records.model.map((record) => record[basis]),
      values: state.records.model.map(CURVES[id].of),
    })),
  );
}

export interface Band {
  at: number[];
  mean: number[];
  low: number[];
  high: number[];
}

/** Where seeds ended early, those that are left count. */
export function bandOf(curves: readonly Curve[]): Band {
  const at = [...new Set(curves.flatMap((curve) => curve.at))].sort((a, b) => a - b);
  const valuesAt = at.map((place) =>
    curves.map((c) => c.values[c.at.indexOf(place)]).filter((v): v is number => Number.isFinite(v)),
  );
  const mean = valuesAt.map(meanOf);
  const sd = valuesAt.map((values) => (values.length > 1 ? sampleSd(values) : 0));
  return {
    at,
    mean,
    low: mean.map((m, i) => m - (sd[i] as number)),
    high: mean.map((m, i) => m + (sd[i] as number)),
  };
}
