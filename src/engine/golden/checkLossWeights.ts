// Sequences of weights computed from losses, and of GradNorm: six steps of each, with state (golden/weighting.json).
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import { weightsOfNormals } from '../methods/losses/rlw.ts';
import { type GradientMethod, hasFixedWeights, type MethodContext } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { compare, type GoldenCheck, maxAbs } from './check.ts';
import { compareFact } from './checkValue.ts';

/** A method of the file: its settings, then one list per step. */
interface Sequence {
  weights: number[][];
  lr: number;
  alpha: number;
  temperature: number;
  mu: number;
  decay: number;
  warmup_steps: number;
  given: number[];
  ideal: number[];
  initial_log_variance: number[];
  normals: number[][];
}

export interface LossesCase {
  case: string;
  kind: 'losses';
  task_types: string[];
  /** [6][T] */
  losses: number[][];
  losses_after_step: number[][];
  gradient_norms: number[][];
  methods: Record<string, Sequence>;
}

type Id = keyof typeof methods;

/** By the key of the file; methods that are missing here have their own check. */
const settingsOf: Record<string, (s: Sequence) => [Id, Params]> = {
  equal: () => ['equal', {}],
  fixed: ({ given }) => ['fixed', { taskWeights: given }],
  uw: (s) => ['uw', { uwInitial: s.initial_log_variance[0] as number, uwRate: s.lr }],
  uw_by_type: (s) => ['uw', { uwInitial: s.initial_log_variance[0] as number, uwRate: s.lr, uwByType: true }],
  dwa: ({ temperature }) => ['dwa', { dwaTemperature: temperature, dwaSteps: 1 }],
  gls: () => ['gls', {}],
  stch_log: (s) => ['stch', { stchForm: 'log', stchMu: s.mu, stchWarmup: s.warmup_steps }],
  stch: (s) => ['stch', { stchForm: 'plain', stchMu: s.mu, stchIdeal: s.ideal }],
  famo_adam: (s) => ['famo', { famoRate: s.lr, famoDecay: s.decay, famoOptimizer: 'adam' }],
  famo_sgd: (s) => ['famo', { famoRate: s.lr, famoDecay: s.decay, famoOptimizer: 'sgd' }],
  imtl_l: (s) => ['imtl-l', { imtlRate: s.lr }],
  gradnorm: (s) => ['gradnorm', { gradnormAlpha: s.alpha, gradnormRate: s.lr }],
  'gradnorm_0.12': (s) => ['gradnorm', { gradnormAlpha: s.alpha, gradnormRate: s.lr }],
  gradnorm_softmax: (s) => [
    'gradnorm',
    { gradnormAlpha: s.alpha, gradnormRate: s.lr, gradnormSoftmax: true },
  ],
};

const kinds: Record<string, LossKind> = {
  regression: 'squared-error',
  binary: 'binary',
  multiclass: 'multiclass',
};

/** Relative tolerance for weights that are computed and stored in float32 on the active backend. */
const FLOAT32 = 1e-6;

export async function checkLossSequences(c: LossesCase): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const [key, sequence] of Object.entries(c.methods)) {
    const got = key === 'rlw' ? sequence.normals.map(weightsOfNormals) : await run(c, key, sequence);
    if (!got) {
      checks.push(compareFact(`${c.case} ${key}`, false, 'no method for it'));
      continue;
    }
    got.forEach((weights, step) => {
      const expected = sequence.weights[step] as number[];
      checks.push(
        ...expected.map((value, t) =>
          compare(
            `${c.case} ${key} step ${step + 1} task ${t + 1}`,
            [weights[t] as number],
            [value],
            toleranceOf(value, expected),
          ),
        ),
      );
    });
  }
  return checks;
}

/** Tolerance of each weight; a weight that is negligible beside the others is compared to a thousandth of their tolerance. */
const toleranceOf = (value: number, all: readonly number[]) =>
  FLOAT32 * Math.max(Math.abs(value), 1e-3 * maxAbs(all));

async function run(c: LossesCase, key: string, sequence: Sequence): Promise<ArrayLike<number>[] | null> {
  const choice = settingsOf[key]?.(sequence);
  if (!choice) return null;
  const [id, settings] = choice;
  const method: GradientMethod = methods[id];
  const n = c.task_types.length;
  const context: MethodContext = {
    numTasks: n,
    kinds: c.task_types.map((type) => kinds[type] as LossKind),
    sharedSize: 1,
    settings: { ...defaultsOf(method.params), ...settings },
    seed: 0,
    note: () => {},
  };
  if (hasFixedWeights(method)) return c.losses.map(() => method.fixedWeights(n, context.settings));
  if (method.needs === 'gram') {
    const learner = method.start(context);
    return c.losses.map((losses, step) => {
      const norms = Float64Array.from(c.gradient_norms[step] as number[], Math.fround);
      const gram = Float64Array.from({ length: n * n }, (_, k) =>
        k % (n + 1) === 0 ? (norms[k / (n + 1)] as number) ** 2 : 0,
      );
      return learner.weights(gram, Float64Array.from(losses, Math.fround), step + 1);
    });
  }
  if (method.needs !== 'losses') return null;
  const learner = method.start(context);
  const found: Float32Array[] = [];
  for (const [step, losses] of c.losses.entries()) {
    const before = tf.tensor1d(losses);
    const weights = tf.tidy(() => learner.weights(before, step + 1).clone());
    found.push((await weights.data<'float32'>()).slice());
    tf.tidy(() =>
      learner.afterUpdate?.(before, tf.tensor1d(c.losses_after_step[step] as number[]), step + 1),
    );
    tf.dispose([before, weights]);
  }
  learner.dispose?.();
  return found;
}
