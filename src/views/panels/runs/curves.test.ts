import { expect, it } from 'vitest';
import type {
  ComparedModel,
  EpochRecord,
  NetworkResult,
  SeedResult,
} from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { bandOf } from '../../charts/seedBand.ts';
import { onTheSameBasis, seedCurves } from './curves.ts';

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

it('lies over time where it is known, at the same places for all seeds', () => {
  const timed = (seeds: number[][], trainSeconds: number) => {
    const run = record(seeds);
    return {
      ...run,
      comparison: [{ role: 'model', trainSeconds }],
      seedStates: run.seedStates.map((state, i) => ({
        ...state,
        result: { model: { steps: 3 * (seeds[i]?.length ?? 0) } },
      })),
    } as RunRecord;
  };
  // 8 seconds for 15 steps of three seeds.
  const curves = seedCurves([timed([[1, 2]], 4), timed([[5], [6, 7]], 2)], 'score', 'second');
  expect(curves.map((c) => c.at)).toEqual([[1.6, 3.2], [1.6], [1.6, 3.2]]);
  expect(seedCurves([timed([[1]], Number.NaN)], 'score', 'second')).toEqual([]);
});

it('is of one network, with its own time', () => {
  const run = record([[1, 2]]);
  const beside = {
    ...run,
    comparison: [
      { role: 'model', trainSeconds: 100 },
      { role: 'model-2', trainSeconds: 3 },
    ] as Partial<ComparedModel>[] as ComparedModel[],
    seedStates: run.seedStates.map((state) => ({
      ...state,
      records: { ...state.records, 'model-2': [{ epoch: 1, step: 5, score: 7 } as EpochRecord] },
      result: {
        model: { steps: 6 } as NetworkResult,
        others: [{ result: { role: 'model-2', steps: 10 } as Partial<NetworkResult> as NetworkResult }],
      } as SeedResult,
    })),
  } as RunRecord;
  expect(seedCurves([beside], 'score', 'second', 'model-2')).toEqual([
    { label: 'seed 0', at: [1.5], values: [7] },
  ]);
  expect(seedCurves([beside], 'score', 'step', 'model-3')).toEqual([]);
});

it('is compared where the shortest ends', () => {
  const curves = [
    { at: [1, 2, 3], values: [4, 5, 6] },
    { at: [1.5, 2.5], values: [7, 8] },
  ];
  expect(onTheSameBasis(curves)).toEqual({ at: 2.5, values: [5, 8] });
  expect(onTheSameBasis(curves.slice(1))).toBeNull();
  expect(onTheSameBasis([...curves, { at: [], values: [] }])).toBeNull();
});
