// Methods on the gradients themselves that have no reference file: compared with the same formulas in plain numbers over three
// steps.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import type { GradientsMethod } from '../method.ts';
import { dbMtl } from './dbMtl.ts';
import { excessMtl } from './excessMtl.ts';
import { trimmedMean } from './trimmedMean.ts';

const STEPS = [
  {
    gradients: [
      [1, -2, 0.5],
      [0.1, 0.3, -0.2],
    ],
    losses: [2, 0.5],
  },
  {
    gradients: [
      [0.5, 1, 1],
      [-0.4, 0.2, 0.1],
    ],
    losses: [1.5, 0.4],
  },
  {
    gradients: [
      [-1, 0.25, 2],
      [0, 0, 0],
    ],
    losses: [1.25, 0],
  },
];

const start = (method: GradientsMethod, settings: Params, numTasks = 2) =>
  method.start({
    numTasks,
    kinds: new Array(numTasks).fill('squared-error'),
    sharedSize: 3,
    settings: { ...defaultsOf(method.params), ...settings },
    seed: 0,
    note: () => {},
  });

function updatesOf(method: GradientsMethod, settings: Params): number[][] {
  const learner = start(method, settings);
  const updates = STEPS.map(({ gradients, losses }, i) =>
    tf.tidy(() => learner.combine(tf.tensor2d(gradients), tf.tensor1d(losses), i + 1).arraySync()),
  );
  learner.dispose?.();
  return updates;
}

const lengthOf = (g: readonly number[]) => Math.hypot(...g);
const expectClose = (got: readonly number[], expected: readonly number[]) =>
  got.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i] as number, 5);
  });

beforeAll(() => tf.setBackend('cpu'));

describe('DB-MTL', () => {
  it.each([0, 0.5])('adds smoothed gradients of log losses at one length, sigma %s', (dbSigma) => {
    const mean = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const updates = updatesOf(dbMtl, { dbMomentum: 0.6, dbSigma });
    STEPS.forEach(({ gradients, losses }, s) => {
      const momentum = 0.6 / (s + 1) ** dbSigma;
      mean.forEach((row, t) => {
        const loss = losses[t] as number;
        row.forEach((v, k) => {
          const now = loss === 0 ? 0 : ((gradients[t] as number[])[k] as number) / loss;
          row[k] = (1 - momentum) * now + momentum * v;
        });
      });
      const longest = Math.max(...mean.map(lengthOf));
      const expected = [0, 1, 2].map((k) =>
        mean.reduce((sum, row) => sum + ((row[k] as number) / lengthOf(row)) * longest, 0),
      );
      expectClose(updates[s] as number[], expected);
    });
  });
});

describe('ExcessMTL', () => {
  it('weighs by excess risks, measured against the first', () => {
    const updates = updatesOf(excessMtl, { excessRate: 0.5 });
    const squares = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    let weights = [1, 1];
    let first: number[] | null = null;
    STEPS.forEach(({ gradients }, s) => {
      const excess = gradients.map((g, t) =>
        g.reduce((sum, v, k) => {
          const row = squares[t] as number[];
          row[k] = (row[k] as number) + v * v;
          return sum + (v * v) / Math.sqrt((row[k] as number) + 1e-7);
        }, 0),
      );
      const measured = first;
      first ??= excess;
      if (measured) {
        const grown = weights.map(
          (w, t) => w * Math.exp((0.5 * (excess[t] as number)) / (measured[t] as number)),
        );
        const sum = grown.reduce((a, b) => a + b, 0);
        weights = grown.map((w) => (2 * w) / sum);
      }
      const expected = [0, 1, 2].map((k) =>
        gradients.reduce((sum, g, t) => sum + (weights[t] as number) * (g[k] as number), 0),
      );
      expectClose(updates[s] as number[], expected);
    });
  });
});

describe('the trimmed mean', () => {
  it('refuses to trim all tasks, and says what would do', () => {
    expect(() => start(trimmedMean, { trimmed: 2 }, 4)).toThrow(
      /training\.trimmed.*fewer than half of 4 tasks.*got 2.*Trim at most 1,/,
    );
  });
});
