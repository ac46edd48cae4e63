// Curves of groups of runs over epochs, one per seed.
import type { EpochRecord } from '../../../engine/protocol/result.ts';
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
export type Basis = 'epoch' | 'step';

export interface Curve extends SeedCurve {
  label: string;
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
