// DB-MTL, ExcessMTL and SAMO against golden/methods.json, which scripts/golden/methods.py computes in float64: sequences of
// update directions and of the factors of task-owned gradients, and gradients at moved points, on the active backend.
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import { equal } from '../methods/equal.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { type Sharpness, sharpnessParams } from '../methods/sharpness.ts';
import { samoCombiner } from '../training/step/samoCombiner.ts';
import { SharedValues } from '../training/step/sharedValues.ts';
import { TaskPass } from '../training/step/taskPass.ts';
import { affinityModel } from './affinityModel.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import { contextFor } from './checkWeighting.ts';

interface SequenceCase {
  case: string;
  method: keyof typeof methods;
  settings: Params;
  steps: { jacobian: GoldenTensor; losses: number[]; direction: number[]; own: number[] }[];
}

interface SamoRun {
  rho: number;
  alpha: number;
  epsilon: number | null;
  directions: number[][];
  /** Per task, of the shared values at its point. */
  shared: number[][];
  /** Of the heads, one after another. */
  own: number[];
}

interface SamoCase {
  params: Record<string, GoldenTensor>;
  taskNames: string[];
  input: GoldenTensor;
  targets: Record<string, GoldenTensor>;
  runs: SamoRun[];
}

export interface MethodsFile {
  kind: 'methods';
  cases: SequenceCase[];
  samo?: SamoCase;
}

/** Of float32, relative to the largest entry. */
const FLOAT32 = 1e-5;

export async function checkMethods({ cases, samo }: MethodsFile): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const c of cases) checks.push(...(await checkSequence(c)));
  return samo ? [...checks, ...(await checkSamo(samo))] : checks;
}

async function checkSequence(c: SequenceCase): Promise<GoldenCheck[]> {
  const method: GradientMethod = methods[c.method];
  if (method.needs !== 'gradients') throw new Error(`${c.method}: expected a method from gradients`);
  const [n, sharedSize] = (c.steps[0] as SequenceCase['steps'][number]).jacobian.shape as [number, number];
  const learner = method.start(contextFor(method, n, c.settings, { sharedSize }));
  const checks: GoldenCheck[] = [];
  for (const [k, { jacobian, losses, direction, own }] of c.steps.entries()) {
    const [combined, factors] = tf.tidy(() => {
      const values = tf.tensor1d(losses);
      return [
        learner.combine(tf.tensor2d(jacobian.data, [n, sharedSize]), values, k + 1),
        learner.own?.(values) ?? tf.ones([n]),
      ];
    }) as [tf.Tensor, tf.Tensor];
    const at = `${c.case} step ${k + 1}`;
    checks.push(
      compare(`${at} direction`, await combined.data(), direction, FLOAT32 * maxAbs(direction)),
      compare(`${at} own`, await factors.data(), own, FLOAT32 * maxAbs(own)),
    );
    tf.dispose([combined, factors]);
  }
  learner.dispose?.();
  return checks;
}

async function checkSamo(c: SamoCase): Promise<GoldenCheck[]> {
  const model = affinityModel(c.params, c.taskNames);
  const pass = new TaskPass(model, [
    { kind: 'squared-error', outputs: 1 },
    { kind: 'binary', outputs: 1 },
  ]);
  const [rows, columns] = c.input.shape as [number, number];
  const batch = {
    categorical: tf.tensor2d([], [rows, 0], 'int32'),
    numeric: tf.tensor2d(c.input.data, [rows, columns]),
    targets: tf.tensor2d(
      c.taskNames.flatMap((name) => (c.targets[name] as GoldenTensor).data),
      [c.taskNames.length, rows],
    ),
  };
  const shared = new SharedValues(model.parameters);
  const checks: GoldenCheck[] = [];
  for (const [r, run] of c.runs.entries()) {
    // Only one task's gradient reaches the shared values, so that each can be compared.
    for (const [task, expected] of run.shared.entries()) {
      const only = c.taskNames.map((_, t) => +(t === task));
      const combiner = samoCombiner(
        {
          method: { ...equal, fixedWeights: () => only },
          model,
          pass,
          shared,
          context: { ...contextFor(equal, 2, {}), sharedSize: shared.size },
          sharpness: sharpnessOf(run),
        },
        run.epsilon === null ? undefined : (_step, t) => sliced(model.parameters, run.directions[t] ?? []),
      );
      const { taskLosses, gradients } = await combiner.differentiate(batch, 1);
      const values: number[] = [];
      for (const g of gradients) values.push(...(await g.data()));
      tf.dispose([taskLosses, gradients]);
      combiner.dispose();
      const heads = run.own.map((v, i) => (Math.floor((2 * i) / run.own.length) === task ? v : 0));
      const at = `samo ${r} task ${task + 1}`;
      checks.push(
        compare(`${at} shared`, values.slice(0, shared.size), expected, FLOAT32 * maxAbs(expected)),
        compare(`${at} heads`, values.slice(shared.size), heads, FLOAT32 * maxAbs(heads)),
      );
    }
  }
  model.dispose();
  tf.dispose([batch.categorical, batch.numeric, batch.targets]);
  return checks;
}

const sharpnessOf = ({ rho, alpha, epsilon }: SamoRun): Sharpness =>
  ({
    ...defaultsOf(sharpnessParams),
    sharpness: 'samo',
    rho,
    samoShare: alpha,
    samoLocal: epsilon === null ? 'gradient' : 'losses',
    samoDistance: epsilon ?? 0.01,
  }) as Sharpness;

/** Values one after another, by parameter; zeros after their end. */
function sliced(parameters: readonly { variable: tf.Variable }[], values: readonly number[]): number[][] {
  let at = 0;
  return parameters.map(({ variable }) => {
    const own = values.slice(at, at + variable.size);
    at += variable.size;
    return own.length === variable.size ? own : new Array<number>(variable.size).fill(0);
  });
}
