// The gradient methods against golden/weighting.json (README, section weighting): weights and update directions from given
// Jacobians, and sequences of weights from given losses.
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import { gram as gramOf, multiply } from '../core/linearAlgebra.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import { dropSigns } from '../methods/gradients/graddrop.ts';
import { projectConflicts, sumOfRows } from '../methods/gram/conflicts.ts';
import type { GradientMethod, MethodContext } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import { checkLossSequences, type LossesCase } from './checkLossWeights.ts';
import { compareFact } from './checkValue.ts';

interface Expected {
  weights: number[] | null;
  direction: number[] | null;
  weights_unique?: false;
}

interface GradientCase {
  case: string;
  kind: 'gradient';
  jacobian: GoldenTensor;
  second_jacobian_for_gradvac: GoldenTensor;
  losses: number[];
  norms: number[];
  methods: Record<string, unknown>;
  sensitivity: Record<string, { gram_float32: number; jacobian_float32: number }>;
}

export interface WeightingFile {
  kind: 'weighting';
  cases: (GradientCase | LossesCase)[];
}

/** By the key of the file: method and settings. */
const gramMethods: Record<string, [keyof typeof methods, Params]> = {
  mgda: ['mgda', {}],
  mgda_l2: ['mgda', { mgdaNormalisation: 'l2' }],
  mgda_loss: ['mgda', { mgdaNormalisation: 'loss' }],
  'mgda_loss+': ['mgda', { mgdaNormalisation: 'loss+' }],
  pcgrad_ascending: ['pcgrad', { pcgradOrder: 'ascending' }],
  'cagrad_0.4': ['cagrad', { cagradC: 0.4 }],
  'cagrad_0.5': ['cagrad', { cagradC: 0.5 }],
  imtl_g: ['imtl-g', {}],
  nash_mtl: ['nash-mtl', { nashMaxNorm: 0 }],
  fairgrad_2: ['fairgrad', { fairgradAlpha: 2 }],
  aligned_mtl_min: ['aligned-mtl', { alignedScale: 'min' }],
  aligned_mtl_median: ['aligned-mtl', { alignedScale: 'median' }],
  aligned_mtl_rmse: ['aligned-mtl', { alignedScale: 'rmse' }],
  config: ['config', {}],
  upgrad: ['upgrad', {}],
  dualproj: ['dualproj', {}],
};

/** Further fields of the file, and their settings. */
const variants: Record<string, { field: string; settings: Params }> = {
  nash_mtl: { field: 'direction_clipped_1', settings: { nashMaxNorm: 1 } },
  'cagrad_0.4': { field: 'direction_rescaled', settings: { cagradRescale: true } },
  'cagrad_0.5': { field: 'direction_rescaled', settings: { cagradRescale: true } },
  upgrad: { field: 'regularised', settings: { upgradRidge: 1e-4 } },
  dualproj: { field: 'regularised', settings: { dualprojRidge: 1e-4 } },
};

/** Of an implementation in float64; nine digits are printed. */
const FLOAT64 = 1e-6;
/** Directions that are 0 are compared to this share of the longest gradient. */
const NOTHING = 1e-5;

export const contextFor = (
  method: GradientMethod,
  numTasks: number,
  settings: Params,
  more: Partial<MethodContext> = {},
): MethodContext => ({
  numTasks,
  kinds: new Array<LossKind>(numTasks).fill('squared-error'),
  sharedSize: 1,
  settings: { ...defaultsOf(method.params), ...settings },
  seed: 0,
  note: () => {},
  ...more,
});

export async function checkWeighting({ cases }: WeightingFile): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const c of cases) {
    if (c.kind === 'gradient') checks.push(...(await checkGradientCase(c)));
    else if (c.kind === 'losses') checks.push(...(await checkLossSequences(c)));
    else checks.push(compareFact('kind', false, 'expected gradient or losses'));
  }
  return checks;
}

/** J and derived values, as float32 numbers. */
class Given {
  readonly n: number;
  readonly size: number;
  readonly jacobian: Float64Array;
  readonly gram: Float64Array;
  readonly longest: number;

  constructor({ shape, data }: GoldenTensor) {
    [this.n, this.size] = shape as [number, number];
    this.jacobian = Float64Array.from(data, Math.fround);
    this.gram = gramOf(this.jacobian, this.n, this.size);
    this.longest = Math.sqrt(
      Math.max(...Array.from({ length: this.n }, (_, i) => this.gram[i * (this.n + 1)] as number)),
    );
  }

  /** J^T w */
  direction = (weights: ArrayLike<number>): Float64Array =>
    multiply(weights, this.jacobian, 1, this.n, this.size);
}

async function checkGradientCase(c: GradientCase): Promise<GoldenCheck[]> {
  const given = new Given(c.jacobian);
  const losses = Float64Array.from(c.losses, Math.fround);
  const checks: GoldenCheck[] = [];
  for (const [key, [id, settings]] of Object.entries(gramMethods)) {
    const expected = c.methods[key] as (Expected & Record<string, unknown>) | undefined;
    if (!expected) continue;
    const at = `${c.case} ${key}`;
    // The same from float64 and from float32 inner products, as returned by a device.
    for (const precision of [64, 32] as const) {
      const gram = precision === 64 ? given.gram : Float32Array.from(given.gram);
      const { weights, noted } = weightsOf(id, settings, given.n, gram, losses);
      if (expected.weights === null) {
        checks.push(
          compareFact(`${at}: says there is no solution`, noted || precision === 32, 'nothing was said'),
        );
        continue;
      }
      const noise = precision === 64 ? 0 : (c.sensitivity[key]?.gram_float32 ?? 0);
      const tolerance =
        (FLOAT64 + 3 * noise) * maxAbs(expected.direction ?? []) +
        (precision === 32 ? 1e-6 : 0) * given.longest;
      checks.push(
        compareDirection(
          `${at} direction, float${precision}`,
          given,
          weights,
          expected.direction ?? [],
          tolerance,
        ),
      );
      if (precision === 64 && expected.weights_unique !== false)
        checks.push(
          compare(
            `${at} weights`,
            weights,
            expected.weights,
            FLOAT64 * Math.max(maxAbs(expected.weights), 1e-6),
          ),
        );
    }
    const variant = variants[key];
    const wanted = variant && expected[variant.field];
    if (variant && wanted) {
      const { weights } = weightsOf(id, { ...settings, ...variant.settings }, given.n, given.gram, losses);
      const direction = Array.isArray(wanted) ? (wanted as number[]) : ((wanted as Expected).direction ?? []);
      checks.push(compareDirection(`${at} ${variant.field}`, given, weights, direction));
    }
  }
  return [
    ...checks,
    ...checkOrder(c, given),
    ...checkMeanOverOrders(c, given),
    ...checkGradVac(c, given),
    ...(await checkGradDrop(c, given)),
    ...(await checkTrimmedMean(c, given)),
  ];
}

function weightsOf(
  id: keyof typeof methods,
  settings: Params,
  n: number,
  gram: Float32Array | Float64Array,
  losses: Float64Array,
) {
  const method: GradientMethod = methods[id];
  if (method.needs !== 'gram') throw new Error(`${id}: expected a method from inner products`);
  let noted = false;
  const context = contextFor(method, n, settings, {
    note: () => {
      noted = true;
    },
  });
  return { weights: method.start(context).weights(gram, losses, 1), noted };
}

function compareDirection(
  quantity: string,
  given: Given,
  weights: ArrayLike<number>,
  expected: readonly number[],
  tolerance = FLOAT64 * maxAbs(expected),
): GoldenCheck {
  return compare(
    quantity,
    given.direction(weights),
    expected,
    Math.max(tolerance, NOTHING * given.longest * +(maxAbs(expected) < 1e-9 * given.longest)),
  );
}

/** PCGrad in a given order. */
function checkOrder(c: GradientCase, given: Given): GoldenCheck[] {
  const { n } = given;
  const inOrder = c.methods.pcgrad_given_order as (Expected & { order: number[][] }) | undefined;
  if (!inOrder) return [];
  const weights = sumOfRows(
    projectConflicts(given.gram, n, (task) => inOrder.order[task] as number[]),
    n,
  );
  return [compareDirection(`${c.case} pcgrad_given_order`, given, weights, inOrder.direction ?? [])];
}

/** PCGrad on average over all orders. */
function checkMeanOverOrders(c: GradientCase, given: Given): GoldenCheck[] {
  const { n } = given;
  const expected = c.methods.pcgrad_expected as Expected | undefined;
  if (!expected) return [];
  const mean = new Float64Array(n);
  for (let task = 0; task < n; task++) {
    const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== task);
    const orders = permutations(others);
    for (const order of orders) {
      const row = projectConflicts(given.gram, n, (i) => (i === task ? order : [])).subarray(
        task * n,
        (task + 1) * n,
      );
      row.forEach((v, k) => {
        mean[k] = (mean[k] as number) + v / orders.length;
      });
    }
  }
  return [compareDirection(`${c.case} pcgrad_expected`, given, mean, expected.direction ?? [])];
}

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}

interface GradVacRun {
  beta: number;
  initial_state: number[][];
  steps: { direction: number[]; state_after: number[][] }[];
}

function checkGradVac(c: GradientCase, given: Given): GoldenCheck[] {
  const second = new Given(c.second_jacobian_for_gradvac);
  return ((c.methods.gradvac ?? []) as GradVacRun[]).flatMap((run, r) => {
    const method: GradientMethod = methods.gradvac;
    if (method.needs !== 'gram') throw new Error('gradvac: expected a method from inner products');
    const learner = method.start(contextFor(method, given.n, { gradvacBeta: run.beta }));
    learner.restore?.({ goals: Float32Array.from(run.initial_state.flat()) });
    return run.steps.map(({ direction }, k) => {
      const from = k === 1 ? second : given;
      // The goals are stored in float32.
      const tolerance = FLOAT64 * maxAbs(direction) + 1e-6 * from.longest;
      return compareDirection(
        `${c.case} gradvac run ${r} step ${k + 1}`,
        from,
        learner.weights(from.gram, [], k + 1),
        direction,
        tolerance,
      );
    });
  });
}

/** What a method makes of the gradients themselves, float32 on the active backend. */
async function combined(
  { jacobian, n, size }: Given,
  combine: (gradients: tf.Tensor2D) => tf.Tensor1D,
): Promise<number[]> {
  const direction = tf.tidy(() => combine(tf.tensor2d(Float32Array.from(jacobian), [n, size])));
  const values = Array.from(await direction.data());
  direction.dispose();
  return values;
}

async function checkGradDrop(c: GradientCase, given: Given): Promise<GoldenCheck[]> {
  const drop = c.methods.graddrop as
    | { uniforms: number[]; runs: { leak: number[]; direction: number[] }[] }
    | undefined;
  const checks: GoldenCheck[] = [];
  for (const [r, { leak, direction }] of (drop?.runs ?? []).entries()) {
    const got = await combined(given, (g) => dropSigns(g, tf.tensor1d(drop?.uniforms ?? []), leak));
    const tolerance = FLOAT64 * maxAbs(direction) + 1e-7 * given.longest;
    checks.push(compare(`${c.case} graddrop run ${r}`, got, direction, tolerance));
  }
  return checks;
}

async function checkTrimmedMean(c: GradientCase, given: Given): Promise<GoldenCheck[]> {
  const { n } = given;
  const checks: GoldenCheck[] = [];
  for (const trimmed of [1, 2]) {
    const expected = c.methods[`trimmed_mean_${trimmed}`] as { direction: number[] } | undefined;
    if (!expected) continue;
    const method: GradientMethod = methods['trimmed-mean'];
    if (method.needs !== 'gradients') throw new Error('trimmed-mean: expected a method from gradients');
    const learner = method.start(contextFor(method, n, { trimmed }));
    const got = await combined(given, (g) => learner.combine(g, tf.zeros([n]), 1));
    checks.push(
      compare(
        `${c.case} trimmed_mean_${trimmed}`,
        got,
        expected.direction,
        FLOAT64 * maxAbs(expected.direction) + 1e-7 * given.longest,
      ),
    );
  }
  return checks;
}
