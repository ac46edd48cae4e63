// Methods on inner products where the reference numbers do not go: zero, dependent and very short or long gradients, and
// weights that are carried from step to step.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import { gram as gramOf } from '../../core/linearAlgebra.ts';
import type { GramMethod } from '../method.ts';
import { bargainedWeights } from './bargained.ts';
import { cagradWeights } from './cagrad.ts';
import { config } from './config.ts';
import { fairgrad } from './fairgrad.ts';
import { gradnorm } from './gradnorm.ts';
import { gradvac } from './gradvac.ts';
import { imtlG, imtlGWeights } from './imtlG.ts';
import { mgda } from './mgda.ts';
import { nashMtl } from './nashMtl.ts';
import { pcgrad } from './pcgrad.ts';
import { regularised } from './regularised.ts';
import { softmaxOf } from './softmax.ts';
import { tawt } from './tawt.ts';
import { upgrad } from './upgrad.ts';

const gramFrom = (rows: number[][]) =>
  gramOf(Float64Array.from(rows.flat()), rows.length, rows[0]?.length ?? 0);

const start = (method: GramMethod, numTasks: number, settings: Params = {}, note = (_: string) => {}) =>
  method.start({
    numTasks,
    kinds: new Array(numTasks).fill('squared-error'),
    sharedSize: 3,
    settings: { ...defaultsOf(method.params), ...settings },
    seed: 0,
    note,
  });

const expectClose = (got: ArrayLike<number>, expected: readonly number[], digits = 9) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((v, i) => {
    expect(got[i] as number, `entry ${i}`).toBeCloseTo(v, digits);
  });
};

/** d . g_i / |g_i| of d = sum w_j g_j */
function projections(rows: number[][], weights: ArrayLike<number>): number[] {
  const d = (rows[0] as number[]).map((_, k) =>
    rows.reduce((sum, g, i) => sum + (weights[i] as number) * (g[k] as number), 0),
  );
  return rows.map((g) => g.reduce((sum, v, k) => sum + v * (d[k] as number), 0) / Math.hypot(...g));
}

describe('TAWT', () => {
  // Cosines: 0.6 between the first two, 0 and 0.8 with the third.
  const rows = [
    [2, 0, 0],
    [1.2, 0, 1.6],
    [0, 0, 3],
  ];
  const cosines = [
    [1, 0.6, 0],
    [0.6, 1, 0.8],
    [0, 0.8, 1],
  ];

  it.each([
    [0, [1.6 / 3, 2.4 / 3, 1.8 / 3]],
    [1, cosines[0] as number[]],
    [3, cosines[2] as number[]],
  ])('multiplies by the cosines with target %s, or their mean over all targets', (tawtTarget, along) => {
    const learner = start(tawt, 3, { tawtTarget, tawtRate: 0.5 });
    let expected = [1, 1, 1];
    for (let step = 1; step < 4; step++) {
      expectClose(learner.weights(gramFrom(rows), [], step), expected, 5);
      const grown = expected.map((w, i) => w * Math.exp(0.5 * (along[i] as number)));
      const sum = grown.reduce((a, b) => a + b, 0);
      expected = grown.map((w) => (3 * w) / sum);
    }
  });

  it('lets no weight fall below a millionth', () => {
    const learner = start(tawt, 2, { tawtTarget: 1, tawtRate: 10 });
    const opposed = gramFrom([[1], [-1]]);
    learner.weights(opposed, [], 1);
    for (let step = 2; step < 5; step++) expectClose(learner.weights(opposed, [], step), [2, 2e-6], 5);
    expect(learner.weights(opposed, [], 5)[1]).toBeCloseTo(2e-6, 12);
  });
});

describe('IMTL-G', () => {
  it.each([
    [
      'right angles',
      [
        [2, 0, 0],
        [0, 1, 0],
        [0, 0, 5],
      ],
    ],
    [
      'lengths that differ by 1e9',
      [
        [1, 0.5, 0],
        [3e8, 1e9, 1e8],
        [0.2, 0, 1],
      ],
    ],
    [
      'very short ones',
      [
        [1e-14, 2e-14],
        [3e-14, 1e-14],
      ],
    ],
    [
      'very long ones',
      [
        [1e14, 2e14],
        [3e14, 1e14],
      ],
    ],
  ])('projects equally on %s', (_, rows) => {
    const weights = imtlGWeights(gramFrom(rows), rows.length) as Float64Array;
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    const along = projections(rows, weights);
    for (const value of along) expect(value / (along[0] as number)).toBeCloseTo(1, 6);
  });

  it('leaves a zero gradient out', () => {
    const weights = imtlGWeights(
      gramFrom([
        [3, 0],
        [0, 0],
        [0, 4],
      ]),
      3,
    ) as Float64Array;
    // v_i = 1 / |g_i|^2 * |g_i|, scaled to a sum of 1.
    expectClose(weights, [4 / 7, 0, 3 / 7]);
  });

  it('shares between gradients that are the same', () => {
    expectClose(
      imtlGWeights(
        gramFrom([
          [1, 1],
          [1, 1],
          [1, -1],
        ]),
        3,
      ) as Float64Array,
      [0.25, 0.25, 0.5],
    );
  });

  it('takes the mean and says so where no weights have that sum', () => {
    const notes: string[] = [];
    const weights = start(imtlG, 2, {}, (text) => notes.push(text)).weights(gramFrom([[1], [-1]]), [], 1);
    expectClose(weights, [0.5, 0.5]);
    expect(notes).toHaveLength(1);
    expect(imtlGWeights(new Float64Array(4), 2)).toBeNull();
  });
});

describe('bargaining methods', () => {
  const opposed = [1, -1, -1, 1];

  it.each([1e-20, 1, 1e20])('have no weights where gradients of square %s nearly cancel', (scale) => {
    const nearly = [1, -1 + 1e-13, -1 + 1e-13, 1].map((v) => v * scale);
    expect(bargainedWeights(Float64Array.from(nearly), 2, 1)).toBeNull();
    // At an angle of a thousandth they have.
    const apart = [1, -1 + 1e-6, -1 + 1e-6, 1].map((v) => v * scale);
    expect(bargainedWeights(Float64Array.from(apart), 2, 1)).not.toBeNull();
  });

  it('have none of zero gradients alone', () => {
    expect(bargainedWeights(new Float64Array(4), 2, 1)).toBeNull();
  });

  it.each([
    [nashMtl, { nashMaxNorm: 0 }],
    [fairgrad, {}],
  ] as const)('take the mean gradient where there are none: %#', (method, settings) => {
    const notes: string[] = [];
    const learner = start(method, 2, settings, (text) => notes.push(text));
    expectClose(
      learner.weights(Float64Array.of(4, 0, 0, 9), [], 1),
      method === nashMtl ? [0.5, 1 / 3] : [4 ** (-2 / 3), 9 ** (-2 / 3)],
    );
    expect(notes).toEqual([]);
    expectClose(learner.weights(Float64Array.from(opposed), [], 2), [0.5, 0.5]);
    expect(notes).toHaveLength(1);
  });

  it('are not longer than the bound of Nash-MTL', () => {
    // Weights 1 / |g_i| of gradients at right angles: the update has the length of sqrt(2).
    const gram = Float64Array.of(4, 0, 0, 9);
    const of = (nashMaxNorm: number) => start(nashMtl, 2, { nashMaxNorm }).weights(gram, [], 1);
    expectClose(of(0.5), [0.25 / Math.SQRT2, 0.5 / 3 / Math.SQRT2]);
    expectClose(of(2), [0.5, 1 / 3]);
  });
});

describe('CAGrad', () => {
  it('is the mean gradient where that vanishes, where all do, and with no radius', () => {
    for (const [gram, c] of [
      [[1, -1, -1, 1], 0.4],
      [[0, 0, 0, 0], 0.4],
      [[1, 0, 0, 4], 0],
    ] as const) {
      expectClose(cagradWeights(gram, 2, c).weights, [0.5, 0.5]);
    }
  });

  it('raises no loss where no update near the mean gradient lowers every one', () => {
    // g = (2, 0), (-1, 0) and (0, 1): the mean (1/3, 1/3) would raise the second loss.
    const { weights, simplex } = cagradWeights([4, -2, 0, -2, 1, 0, 0, 0, 1], 3, 0.8);
    const [a = 0, b = 0, c = 0] = weights;
    expect([...simplex]).toEqual([0, 0, 0]);
    expect(2 * a - b).toBeCloseTo(0, 12);
    expect(c).toBeCloseTo(1 / 3, 12);
  });

  it('leaves zero gradients out of the search', () => {
    const { weights, simplex } = cagradWeights([1, 0, 0, 0, 0, 0, 0, 0, 4], 3, 0.5);
    expect(simplex[1]).toBe(0);
    expect(weights[1]).toBeCloseTo(1 / 3, 12);
  });
});

describe('ConFIG', () => {
  it('gives a zero gradient no weight, and the others equal cosines', () => {
    const rows = [
      [3, 0],
      [0, 0],
      [1, 1],
    ];
    const weights = start(config, 3).weights(gramFrom(rows), [], 1);
    expect(weights[1]).toBe(0);
    const along = projections(
      [rows[0] as number[], rows[2] as number[]],
      [weights[0] as number, weights[2] as number],
    );
    expect(along[0]).toBeCloseTo(along[1] as number, 9);
    // As long as all projections on it together: the length of the mean of the unit vectors' direction.
    const d = [3 * (weights[0] as number) + (weights[2] as number), weights[2] as number];
    const unit = d.map((v) => v / Math.hypot(...d));
    expect(Math.hypot(...d)).toBeCloseTo(
      3 * (unit[0] as number) + (unit[0] as number) + (unit[1] as number),
      9,
    );
  });

  it('is 0 where gradients oppose each other', () => {
    expectClose(start(config, 2).weights(Float64Array.of(1, -1, -1, 1), [], 1), [0, 0]);
  });
});

describe('GradNorm', () => {
  it('counts a task without a loss so far as one that learns like the others', () => {
    const learner = start(gradnorm, 2, { gradnormRate: 0.1 });
    const gram = Float64Array.of(1, 0, 0, 1);
    learner.weights(gram, [0, 1], 1);
    // Its ratio is 1, that of the other 2: its gradient is to be shorter, the other's longer.
    learner.weights(gram, [0, 2], 2);
    expectClose(learner.weights(gram, [0, 2], 3), [0.9, 1.1], 6);
  });

  it.each([false, true])('stays finite without losses, softmax %s', (gradnormSoftmax) => {
    const learner = start(gradnorm, 2, { gradnormSoftmax });
    for (const [step, losses] of [
      [0, 1],
      [0, 2],
      [0, 0],
      [3, 1],
      [0, 0],
      [3, 1],
    ].entries()) {
      const weights = learner.weights(Float64Array.of(1, 0, 0, 4), losses, step + 1);
      for (const w of Array.from(weights)) expect(w, `step ${step + 1}`).toBeGreaterThan(0);
    }
  });
});

describe('GradVac', () => {
  it('stays finite through steps with zero, equal and opposed gradients', () => {
    const learner = start(gradvac, 3, { gradvacBeta: 1 });
    const steps = [
      [
        [1, 0],
        [0, 0],
        [0, 2],
      ],
      [
        [1, 0],
        [1, 0],
        [2, 0],
      ],
      [
        [1, 0],
        [-1, 0],
        [0, 1],
      ],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    ];
    for (const [step, rows] of steps.entries())
      for (const w of Array.from(learner.weights(gramFrom(rows), [], step + 1)))
        expect(Number.isFinite(w), `step ${step + 1}`).toBe(true);
  });

  it('adds nothing along a zero gradient, and leaves its goal at the cosine 0', async () => {
    const learner = start(gradvac, 2, { gradvacBeta: 0.5 });
    learner.restore?.({ goals: Float32Array.of(0, 0.8, 0.8, 0) });
    expectClose(
      learner.weights(
        gramFrom([
          [1, 0],
          [0, 0],
        ]),
        [],
        1,
      ),
      [1, 1],
    );
    const { goals = [] } = (await learner.save?.()) ?? {};
    expectClose(goals, [0, 0.4, 0.4, 0], 6);
  });
});

describe('PCGrad', () => {
  it('leaves zero gradients, and those at right angles, alone', () => {
    const learner = start(pcgrad, 3, { pcgradOrder: 'ascending' });
    expectClose(
      learner.weights(
        gramFrom([
          [1, 0],
          [0, 0],
          [0, 2],
        ]),
        [],
        1,
      ),
      [1, 1, 1],
    );
  });
});

describe('MGDA', () => {
  it('counts a zero gradient, or a loss of 0, as it is', () => {
    for (const mgdaNormalisation of ['l2', 'loss', 'loss+']) {
      const weights = start(mgda, 2, { mgdaNormalisation }).weights(Float64Array.of(0, 0, 0, 4), [0, 2], 1);
      for (const w of Array.from(weights)) expect(Number.isFinite(w), mgdaNormalisation).toBe(true);
    }
  });
});

describe('a ridge', () => {
  it('is added to the matrix over its trace; none leaves it as it is', () => {
    expectClose(regularised(Float64Array.of(3, 1, 1, 5), 2, 0.5), [3 / 8 + 0.5, 1 / 8, 1 / 8, 5 / 8 + 0.5]);
    expectClose(regularised(Float64Array.of(3, 1, 1, 5), 2, 0), [3, 1, 1, 5]);
    expectClose(regularised(new Float64Array(4), 2, 0.5), [0, 0, 0, 0]);
    expectClose(start(upgrad, 2, { upgradRidge: 0.1 }).weights(new Float64Array(4), [], 1), [0.5, 0.5]);
  });
});

describe('the softmax of weights', () => {
  it('takes any size', () => {
    expectClose(softmaxOf([0, 1000]), [0, 1]);
    expectClose(softmaxOf([-1000, -1000]), [0.5, 0.5]);
    expectClose(softmaxOf([Math.log(3), 0]), [0.75, 0.25]);
  });
});
