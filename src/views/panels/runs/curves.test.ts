import { expect, it } from 'vitest';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { bandOf } from '../../charts/seedBand.ts';
import { seedCurves } from './curves.ts';

const record = (seeds: number[][]) =>
  ({
    seedStates: seeds.map((scores, seed) => ({
      seed,
      records: {
        model: scores.map((score, i) => ({ epoch: i + 1, step: 3 * (i + 1), score }) as EpochRecord),
      },
    })),
  }) as RunRecord;

it('draws a curve per seed, and of them mean and spread where some ended early', () => {
  const curves = seedCurves([record([[1, 2, 3], [3]]), record([[2, Number.NaN]])], 'score', 'step');
  expect(curves.map((c) => [c.label, c.at])).toEqual([
    ['seed 0', [3, 6, 9]],
    ['seed 1', [3]],
    ['seed 0', [3, 6]],
  ]);
  expect(bandOf(curves)).toEqual({ at: [3, 6, 9], mean: [2, 2, 3], low: [1, 2, 3], high: [3, 2, 3] });
});
