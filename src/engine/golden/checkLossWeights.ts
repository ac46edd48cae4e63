// Sequences of weights computed from losses, and of GradNorm: the steps of each, with state (golden/weighting.json).
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import { weightsOfNormals } from '../methods/losses/rlw.ts';
import {
  type GradientMethod,
  hasFixedWeights,
  type MethodContext,
  type WithState,
} from '../methods/method.ts';
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
  preference?: number[];
  minimum_losses?: number[];
  initial?: number[];
  initial_log_variance: number[];
  normals: number[][];
  log_variance_after: number[][];
  logits_after: number[][];
  scale_after: number[][];
  weights_after: number[][];
}

export interface LossesCase {
  case: string;
  kind: 'losses';
  task_types: string[];
  /** [steps][T] */
  losses: number[][];
  losses_after_step: number[][];
  gradient_norms: number[][];
  methods: Record<string, Sequence>;
}

type Id = keyof typeof methods;

/** What a method keeps per task from step to step. */
interface Kept {
  name: string;
  first?: number[] | undefined;
  /** [steps][T] */
  after: number[][];
}

interface Family {
  /** Of the keys of the file: a name, with or without a setting behind it. */
  keys: RegExp;
  choice(s: Sequence, key: string): [Id, Params];
  kept?(s: Sequence, key: string): Kept;
  /** What the file asks and the method does not have, or null. */
  unknown?(s: Sequence): string | null;
  /** What the method divides logarithms of losses by, before their exponentials are weights. */
  logsOver?(s: Sequence): number;
}

/** RLW has its own check. */
const families: Family[] = [
  { keys: /^equal$/, choice: () => ['equal', {}] },
  { keys: /^fixed$/, choice: ({ given }) => ['fixed', { taskWeights: given }] },
  {
    keys: /^uw(_by_type)?$/,
    choice: (s, key) => ['uw', { uwRate: s.lr, uwByType: key === 'uw_by_type' }],
    kept: (s) => ({ name: 'logVariance', first: s.initial_log_variance, after: s.log_variance_after }),
  },
  {
    keys: /^dwa(_[\d.]+)?$/,
    choice: ({ temperature }) => ['dwa', { dwaTemperature: temperature, dwaSteps: 1 }],
  },
  { keys: /^gls$/, choice: () => ['gls', {}] },
  {
    keys: /^stch_log(_[\d.]+)?$/,
    choice: (s) => ['stch', { stchForm: 'log', stchMu: s.mu, stchWarmup: s.warmup_steps }],
    logsOver: (s) => s.mu,
  },
  {
    keys: /^stch(_[\d.]+)?$/,
    choice: (s) => ['stch', { stchForm: 'plain', stchMu: s.mu, stchIdeal: s.ideal }],
    unknown: ({ preference = [] }) =>
      preference.some((v) => Math.abs(v * preference.length - 1) > 1e-6) ? 'unequal preferences' : null,
  },
  {
    keys: /^famo_(adam|sgd)(_[\d.]+)?$/,
    choice: (s, key) => [
      'famo',
      { famoRate: s.lr, famoDecay: s.decay, famoOptimizer: key.split('_')[1] as string },
    ],
    kept: (s) => ({ name: 'logits', after: s.logits_after }),
    unknown: ({ minimum_losses = [] }) => (maxAbs(minimum_losses) > 0 ? 'minimum losses other than 0' : null),
  },
  {
    keys: /^imtl_l(_[\d.]+)?$/,
    choice: (s) => ['imtl-l', { imtlRate: s.lr }],
    kept: (s) => ({ name: 'scale', first: s.initial, after: s.scale_after }),
  },
  {
    keys: /^gradnorm_softmax(_[\d.]+)?$/,
    choice: (s) => ['gradnorm', { gradnormAlpha: s.alpha, gradnormRate: s.lr, gradnormSoftmax: true }],
    kept: (s) => ({ name: 'learned', first: s.initial, after: s.logits_after }),
  },
  {
    keys: /^gradnorm(_[\d.]+)?$/,
    choice: (s) => ['gradnorm', { gradnormAlpha: s.alpha, gradnormRate: s.lr }],
    kept: (s) => ({ name: 'learned', after: s.weights_after }),
  },
];

const kinds: Record<string, LossKind> = {
  regression: 'squared-error',
  binary: 'binary',
  multiclass: 'multiclass',
};

/** Relative tolerance for weights that are computed and stored in float32 on the active backend. */
const FLOAT32 = 1e-6;

/** Largest error of a logarithm of 0.5 to 2 that WebGPU allows an adapter (WGSL, accuracy of `log`). */
const WEBGPU_LOG = 2 ** -21;

export async function checkLossSequences(c: LossesCase): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const [key, sequence] of Object.entries(c.methods)) {
    const family = families.find(({ keys }) => keys.test(key));
    const unknown = key === 'rlw' ? null : family ? family.unknown?.(sequence) : 'no method for it';
    if (unknown) {
      checks.push(compareFact(`${c.case} ${key}`, false, unknown));
      continue;
    }
    const kept = family?.kept?.(sequence, key);
    // A weight is a ratio of exponentials, so two logarithms err.
    const logs =
      tf.getBackend() === 'webgpu' && family?.logsOver ? (2 * WEBGPU_LOG) / family.logsOver(sequence) : 0;
    const got = family
      ? await run(c, family.choice(sequence, key), kept)
      : sequence.normals.map((normals) => ({ weights: weightsOfNormals(normals), after: null }));
    got.forEach(({ weights, after }, step) => {
      const at = `${c.case} ${key} step ${step + 1}`;
      const expected = sequence.weights[step] as number[];
      checks.push(
        ...expected.map((value, t) =>
          compare(
            `${at} task ${t + 1}`,
            [weights[t] as number],
            [value],
            toleranceOf(value, expected) + logs * Math.abs(value),
          ),
        ),
      );
      if (!after || !kept) return;
      const values = kept.after[step] as number[];
      checks.push(
        compare(`${at} ${kept.name} after it`, after, values, FLOAT32 * Math.max(1, maxAbs(values))),
      );
    });
  }
  return checks;
}

/** Tolerance of each weight; a weight that is negligible beside the others is compared to a thousandth of their tolerance. */
const toleranceOf = (value: number, all: readonly number[]) =>
  FLOAT32 * Math.max(Math.abs(value), 1e-3 * maxAbs(all));

interface Step {
  weights: ArrayLike<number>;
  /** What the method keeps, after the step. */
  after: ArrayLike<number> | null;
}

async function run(c: LossesCase, [id, settings]: [Id, Params], kept: Kept | undefined): Promise<Step[]> {
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
  if (hasFixedWeights(method)) {
    const weights = method.fixedWeights(n, context.settings);
    return c.losses.map(() => ({ weights, after: null }));
  }
  if (method.needs === 'gradients') throw new Error(`${id}: expected a method that needs no gradients`);
  const steps: Step[] = [];
  const afterStep = async (learner: WithState) =>
    kept ? ((await learner.save?.())?.[kept.name] ?? null) : null;
  if (method.needs === 'gram') {
    const learner = method.start(context);
    await startFrom(learner, kept);
    for (const [step, losses] of c.losses.entries()) {
      const norms = Float64Array.from(c.gradient_norms[step] as number[], Math.fround);
      const gram = Float64Array.from({ length: n * n }, (_, k) =>
        k % (n + 1) === 0 ? (norms[k / (n + 1)] as number) ** 2 : 0,
      );
      const weights = learner.weights(gram, Float64Array.from(losses, Math.fround), step + 1);
      steps.push({ weights, after: await afterStep(learner) });
    }
    return steps;
  }
  const learner = method.start(context);
  await startFrom(learner, kept);
  for (const [step, losses] of c.losses.entries()) {
    const before = tf.tensor1d(losses);
    const found = tf.tidy(() => learner.weights(before, step + 1).clone());
    const weights = (await found.data<'float32'>()).slice();
    tf.tidy(() =>
      learner.afterUpdate?.(before, tf.tensor1d(c.losses_after_step[step] as number[]), step + 1),
    );
    tf.dispose([before, found]);
    steps.push({ weights, after: await afterStep(learner) });
  }
  learner.dispose?.();
  return steps;
}

/** Replaces the first values of what a method keeps. */
async function startFrom(learner: WithState, kept: Kept | undefined): Promise<void> {
  if (!kept?.first) return;
  const state = (await learner.save?.()) ?? {};
  learner.restore?.({ ...state, [kept.name]: Float32Array.from(kept.first) });
}
