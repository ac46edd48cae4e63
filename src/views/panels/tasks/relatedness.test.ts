import { describe, expect, it } from 'vitest';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { largestGap, meanRatio, missingReason, relatednessMatrices } from './relatedness.ts';

const cosine = Float64Array.of(1, 0.5, 0, 0.5, 1, -0.4, 0, -0.4, 1);
const closed = Float64Array.of(1, 0.25, 0, 0.25, 1, -0.24, 0, -0.24, 1);
const realised = Float64Array.of(1, 0.26, 0.03, 0.26, 1, -0.24, 0.03, -0.24, 1);

function dataset(relatedness: Partial<DatasetSummary['relatedness']>): DatasetSummary {
  const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
  return {
    name: 'x',
    rows: 3,
    split: { train: 32000, validation: 1, test: 1 },
    features: [],
    tasks: ['task1', 'task2', 'task3'].map(task),
    targetScaling: [],
    classCounts: [],
    notes: [],
    relatedness: {
      requestedCosine: cosine,
      smallestEigenvalue: 0.36,
      closedForm: closed,
      realised,
      ...relatedness,
    },
  };
}

it('leaves pairs without a cosine out of the ratio', () => {
  expect(meanRatio(cosine, closed, 3)).toBeCloseTo((0.5 + 0.6) / 2, 12);
  expect(meanRatio([1], [1], 1)).toBeNaN();
});

it('finds the largest gap, skipping what is undefined', () => {
  expect(largestGap(closed, realised, 3)).toEqual({ gap: expect.closeTo(0.03, 12), pair: [0, 2] });
  expect(largestGap([1, Number.NaN, Number.NaN, 1], [1, 0, 0, 1], 2)).toBeNull();
});

describe('captions', () => {
  it('say definiteness, ratio and gap', () => {
    expect(relatednessMatrices(dataset({})).map((m) => m.caption)).toEqual([
      'Positive semi-definite, smallest eigenvalue 0.360',
      'Degree and noise change it: mean ratio 0.55 of the cosine',
      'Largest gap to closed form 0.030, T1 · T3',
    ]);
  });
  it('takes rounding for zero and says when a matrix is indefinite', () => {
    expect(relatednessMatrices(dataset({ smallestEigenvalue: -1e-16 }))[0]).toMatchObject({
      caption: 'Positive semi-definite, smallest eigenvalue 0.000',
      state: 'success',
    });
    expect(relatednessMatrices(dataset({ smallestEigenvalue: -0.2 }))[0]?.state).toBe('error');
  });
  it('shows only the realised correlation of a table, with the reason', () => {
    const table = dataset({ requestedCosine: null, smallestEigenvalue: null, closedForm: null });
    expect(relatednessMatrices(table).map((m) => m.id)).toEqual(['realised']);
    expect(missingReason(table)).toMatch(/read, not generated/);
    expect(missingReason(dataset({}))).toBeNull();
  });
});
