// The gradient methods against golden/weighting.json (README, section weighting): weights and update directions from given
// Jacobians, and sequences of weights from given losses.
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import { gram as gramOf, multiply } from '../core/linearAlgebra.ts';
import { signDrop } from '../kernels/ops/signDrop/index.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import { equal } from '../methods/equal.ts';
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

type Checks = GoldenCheck[];

type Choice = [keyof typeof methods, Params];

/** By the key of the file: method and settings. */
const gramMethods: Record<string, Choice> = {
  mgda: ['mgda', {}],
  pcgrad_ascending: ['pcgrad', { pcgradOrder: 'ascending' }],
  imtl_g: ['imtl-g', {}],
  nash_mtl: ['nash-mtl', { nashMaxNorm: 0 }],
  config: ['config', {}],
  upgrad: ['upgrad', {}],
  dualproj: ['dualproj', {}],
};

/** Keys that end with a setting, such as cagrad_0.4. */
const families: [RegExp, (setting: string) => Choice][] = [
  [/^mgda_(l2|loss\+?)$/, (v) => ['mgda', { mgdaNormalisation: v }]],
  [/^cagrad_([\d.]+)$/, (v) => ['cagrad', { cagradC: Number(v) }]],
  [/^fairgrad_([\d.]+)$/, (v) => ['fairgrad', { fairgradAlpha: Number(v) }]],
  [/^aligned_mtl_(min|median|rmse)$/, (v) => ['aligned-mtl', { alignedScale: v }]],
];

/** Further fields of a method, and their settings. */
const variants: Partial<Record<keyof typeof methods, [RegExp, (setting: string) => Params]>> = {
  'nash-mtl': [/^direction_clipped_([\d.]+)$/, (v) => ({ nashMaxNorm: Number(v) })],
  cagrad: [/^direction_rescaled$/, () => ({ cagradRescale: true })],
  upgrad: [/^regularised$/, () => ({ upgradRidge: 1e-4 })],
  dualproj: [/^regularised$/, () => ({ dualprojRidge: 1e-4 })],
};

function gramMethodOf(key: string): Choice | null {
  if (Object.hasOwn(gramMethods, key)) return gramMethods[key] as Choice;
  for (const [pattern, choiceOf] of families) {
    const setting = pattern.exec(key)?.[1];
    if (setting !== undefined) return choiceOf(setting);
  }
  return null;
}

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

/** Keys with a check of their own. */
const others: [RegExp, (c: GradientCase, given: Given, key: string) => Checks | Promise<Checks>][] = [
  [/^(sum|mean)$/, checkSum],
  [/^pcgrad_given_order$/, checkOrder],
  [/^pcgrad_expected$/, checkMeanOverOrders],
  [/^gradvac$/, checkGradVac],
  [/^graddrop$/, checkGradDrop],
  [/^trimmed_mean_\d+$/, checkTrimmedMean],
];

async function checkGradientCase(c: GradientCase): Promise<Checks> {
  const given = new Given(c.jacobian);
  const checks: Checks = [];
  for (const key of Object.keys(c.methods)) {
    const choice = gramMethodOf(key);
    const other = others.find(([pattern]) => pattern.test(key))?.[1];
    if (choice) checks.push(...checkGramMethod(c, given, key, choice));
    else if (other) checks.push(...(await other(c, given, key)));
    else checks.push(compareFact(`${c.case} ${key}`, false, 'no method for it'));
  }
  return checks;
}

function checkGramMethod(c: GradientCase, given: Given, key: string, [id, settings]: Choice): Checks {
  const expected = c.methods[key] as Expected & Record<string, unknown>;
  const losses = Float64Array.from(c.losses, Math.fround);
  const at = `${c.case} ${key}`;
  const checks: Checks = [];
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
  const [pattern, settingsFor] = variants[id] ?? [];
  for (const [field, wanted] of Object.entries(expected)) {
    const found = pattern?.exec(field);
    if (!found || !settingsFor || !wanted) continue;
    const changed = { ...settings, ...settingsFor(found[1] ?? '') };
    const { weights } = weightsOf(id, changed, given.n, given.gram, losses);
    const direction = Array.isArray(wanted) ? (wanted as number[]) : ((wanted as Expected).direction ?? []);
    checks.push(compareDirection(`${at} ${field}`, given, weights, direction));
  }
  return checks;
}

/** The sum and the mean of the gradients: equal weights, and fixed ones. */
function checkSum(c: GradientCase, given: Given, key: string): Checks {
  const { n } = given;
  const weights =
    key === 'sum' ? equal.fixedWeights(n, {}) : methods.fixed.fixedWeights(n, { taskWeights: [1 / n] });
  return [compareDirection(`${c.case} ${key}`, given, weights, (c.methods[key] as Expected).direction ?? [])];
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
function checkOrder(c: GradientCase, given: Given): Checks {
  const { n } = given;
  const inOrder = c.methods.pcgrad_given_order as Expected & { order: number[][] };
  const weights = sumOfRows(
    projectConflicts(given.gram, n, (task) => inOrder.order[task] as number[]),
    n,
  );
  return [compareDirection(`${c.case} pcgrad_given_order`, given, weights, inOrder.direction ?? [])];
}

/** PCGrad on average over all orders. */
function checkMeanOverOrders(c: GradientCase, given: Given): Checks {
  const { n } = given;
  const expected = c.methods.pcgrad_expected as Expected;
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

async function checkGradVac(c: GradientCase, given: Given): Promise<Checks> {
  const second = new Given(c.second_jacobian_for_gradvac);
  const method: GradientMethod = methods.gradvac;
  if (method.needs !== 'gram') throw new Error('gradvac: expected a method from inner products');
  const checks: Checks = [];
  for (const [r, run] of (c.methods.gradvac as GradVacRun[]).entries()) {
    const learner = method.start(contextFor(method, given.n, { gradvacBeta: run.beta }));
    learner.restore?.({ goals: Float32Array.from(run.initial_state.flat()) });
    for (const [k, { direction, state_after }] of run.steps.entries()) {
      const from = k === 1 ? second : given;
      const at = `${c.case} gradvac run ${r} step ${k + 1}`;
      // The goals are stored in float32.
      const tolerance = FLOAT64 * maxAbs(direction) + 1e-6 * from.longest;
      const weights = learner.weights(from.gram, [], k + 1);
      checks.push(compareDirection(at, from, weights, direction, tolerance));
      const { goals } = (await learner.save?.()) ?? {};
      checks.push(compare(`${at} state`, goals ?? [], state_after.flat(), FLOAT64));
    }
  }
  return checks;
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

async function checkGradDrop(c: GradientCase, given: Given): Promise<Checks> {
  const { uniforms, runs } = c.methods.graddrop as {
    uniforms: number[];
    runs: { leak: number[]; direction: number[] }[];
  };
  const checks: Checks = [];
  for (const [r, { leak, direction }] of runs.entries()) {
    const got = await combined(given, (g) => signDrop(g, tf.tensor1d(uniforms), leak));
    const tolerance = FLOAT64 * maxAbs(direction) + 1e-7 * given.longest;
    checks.push(compare(`${c.case} graddrop run ${r}`, got, direction, tolerance));
  }
  return checks;
}

async function checkTrimmedMean(c: GradientCase, given: Given, key: string): Promise<Checks> {
  const { direction } = c.methods[key] as { direction: number[] };
  const method: GradientMethod = methods['trimmed-mean'];
  if (method.needs !== 'gradients') throw new Error('trimmed-mean: expected a method from gradients');
  const trimmed = Number(key.slice(key.lastIndexOf('_') + 1));
  const learner = method.start(contextFor(method, given.n, { trimmed }));
  const got = await combined(given, (g) => learner.combine(g, tf.zeros([given.n]), 1));
  const tolerance = FLOAT64 * maxAbs(direction) + 1e-7 * given.longest;
  return [compare(`${c.case} ${key}`, got, direction, tolerance)];
}
