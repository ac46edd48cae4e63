import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import { gram, orthonormalRows } from '../../core/linearAlgebra.ts';
import { rng } from '../../core/rng.ts';
import { multitabBench } from './multitabBench.ts';
import { constantGram, labelMean, weightVectors } from './polynomialLabels.ts';

const request = (data: Params = {}, tasks: Params = {}) => ({
  data: { ...defaultsOf(multitabBench.dataParams), rows: 400, ...data },
  tasks: { ...defaultsOf(multitabBench.taskParams), ...tasks },
});
const generate = (data?: Params, tasks?: Params) =>
  multitabBench.generate(request(data, tasks), async () => {});

describe('weight vectors', () => {
  it('have exactly the wanted Gram matrix', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (numTasks, share) => {
          const low = -1 / (numTasks - 1);
          const rho = low + share * (1 - low);
          const features = numTasks + 3;
          const wanted = constantGram(numTasks, rho);
          const w = weightVectors(
            wanted,
            orthonormalRows(numTasks, features, rng(1, 'u')),
            numTasks,
            features,
          );
          gram(w, numTasks, features).forEach((value, i) => {
            expect(value).toBeCloseTo(wanted[i] as number, 10);
          });
        },
      ),
    );
  });
});

describe('MultiTab-Bench', () => {
  it('refuses a cosine no vectors can have, and names the bound', () => {
    const [issue] = multitabBench.check(request({}, { count: 5, rho: -0.3 }));
    expect(issue).toMatchObject({ path: 'tasks.rho', got: '-0.3' });
    expect(issue?.expected).toContain('-0.2500');
    expect(multitabBench.check(request({}, { count: 5, rho: -0.25 }))).toEqual([]);
  });

  it('refuses matrices that are the wrong size, have a wrong diagonal or are not positive semi-definite', () => {
    const check = (matrix: number[][]) =>
      multitabBench.check(request({}, { count: 3, cosineKind: 'matrix', matrix }))[0]?.got;
    expect(check([[1]])).toBe('1 x 1');
    expect(
      check([
        [1, 0, 0],
        [0, 0.5, 0],
        [0, 0, 1],
      ]),
    ).toBe('0.5');
    expect(
      check([
        [1, 0.9, -0.9],
        [0.9, 1, 0.9],
        [-0.9, 0.9, 1],
      ]),
    ).toContain('smallest eigenvalue -0.8');
  });

  it('refuses more tasks than features and splits without rows', () => {
    expect(multitabBench.check(request({ features: 3 }))[0]?.path).toBe('data.params.features');
    expect(multitabBench.check(request({ trainFraction: 0.95, validationFraction: 0.05 }))[0]?.path).toBe(
      'data.params.trainFraction',
    );
  });

  it('draws the same table for the same seed and another for another', async () => {
    const [a, b, c] = [await generate(), await generate(), await generate({ seed: 1 })];
    expect(a.targets).toEqual(b.targets);
    expect(a.numeric[0]).not.toEqual(c.numeric[0]);
  });

  it('splits into disjoint parts that cover all rows, standardised on the training rows', async () => {
    const { split, rows, targets, numeric } = await generate();
    const all = [...split.train, ...split.validation, ...split.test];
    expect(new Set(all).size).toBe(rows);
    expect([split.train.length, split.validation.length]).toEqual([280, 60]);
    for (const column of [...targets, ...numeric]) {
      const values = Array.from(split.train, (row) => column[row] as number);
      const mean = values.reduce((x, y) => x + y, 0) / values.length;
      const variance = values.reduce((x, y) => x + (y - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0, 4);
      expect(variance).toBeCloseTo(1, 4);
    }
  });

  it('realises the closed-form correlation and the closed-form mean', async () => {
    const { relatedness, targetScaling } = await generate(
      { rows: 60_000, noise: [0.5] },
      { count: 3, degrees: [1, 2, 3] },
    );
    relatedness.closedForm?.forEach((expected, i) => {
      expect(Math.abs((relatedness.realised[i] as number) - expected)).toBeLessThan(0.02);
    });
    [1, 2, 3].forEach((degree, i) => {
      const { mean = Number.NaN, scale = Number.NaN } = targetScaling[i] ?? {};
      expect(Math.abs(mean - labelMean(degree))).toBeLessThan((4 * scale) / Math.sqrt(42_000));
    });
  });

  it('draws rows of their own behind the first 8,192', async () => {
    const { numeric, rows } = await generate({ rows: 8_292, features: 2 }, { count: 2 });
    const [first, behind] = [0, rows - 100].map((from) => numeric[0]?.subarray(from, from + 100));
    expect(behind?.some((value) => first?.includes(value))).toBe(false);
  });

  it('gives every task the noise of its own', async () => {
    const { targetScaling } = await generate({ noise: [0, 30] }, { count: 2, degrees: [1, 1] });
    const [quiet, loud] = targetScaling.map((scaling) => scaling?.scale ?? Number.NaN);
    // Standard deviations of 1 and sqrt(1 + 30^2), over 280 rows.
    expect(quiet).toBeLessThan(1.2);
    expect(loud).toBeGreaterThan(25);
  });

  it('measures the correlation of labels on the training rows alone', async () => {
    const { relatedness, targets, split } = await generate({}, { count: 2 });
    const [a, b] = targets as [Float32Array, Float32Array];
    const of = (rows: Uint32Array) => {
      const [u, v] = [a, b].map((column) => Array.from(rows, (row) => column[row] as number)) as [
        number[],
        number[],
      ];
      const mean = (values: number[]) => values.reduce((x, y) => x + y, 0) / values.length;
      const product = (x: number[], y: number[]) =>
        x.reduce((sum, value, i) => sum + (value - mean(x)) * ((y[i] as number) - mean(y)), 0);
      return product(u, v) / Math.sqrt(product(u, u) * product(v, v));
    };
    expect(relatedness.realised[1]).toBeCloseTo(of(split.train), 6);
    expect(relatedness.realised[1]).not.toBeCloseTo(of(Uint32Array.from(a.keys())), 6);
  });

  it('cuts classes and categories into parts of equal size', async () => {
    const table = await generate(
      { categorical: 2, bins: 4 },
      { count: 2, kinds: ['binary', 'multiclass'], classes: 5 },
    );
    const counts = (column: ArrayLike<number>) => {
      const found = new Map<number, number>();
      for (const row of table.split.train)
        found.set(column[row] as number, (found.get(column[row] as number) ?? 0) + 1);
      return [...found].sort(([a], [b]) => a - b).map(([, n]) => n);
    };
    expect(counts(table.targets[0] as Float32Array)).toEqual([140, 140]);
    expect(counts(table.targets[1] as Float32Array)).toEqual([56, 56, 56, 56, 56]);
    expect(counts(table.categorical[0] as Int32Array)).toEqual([70, 70, 70, 70]);
    expect(table.features.map((f) => f.kind).slice(0, 3)).toEqual(['categorical', 'categorical', 'numeric']);
  });
});
