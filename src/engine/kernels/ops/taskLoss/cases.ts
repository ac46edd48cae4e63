// Test cases of losses.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { MISSING_LABEL } from '../../../data/labels.ts';
import { type Matrix, normal, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import {
  type LossKind,
  type LossSpec,
  taskLoss,
  taskLosses,
  taskLossGradientKernel,
  taskLossKernel,
} from './index.ts';
import { labelledLossGradientKernel, labelledLossKernel } from './labelled.ts';

/** Mean loss of logits [N, outputs] for targets [N], over the rows that have one. */
export function exactTaskLoss(
  { shape, data }: Matrix,
  targets: Matrix,
  kind: 'squared-error' | 'binary' | 'multiclass',
): Float64Array {
  const [rows, outputs] = shape as [number, number];
  let [sum, labelled] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (targets.data[row] === MISSING_LABEL) continue;
    labelled++;
    const own = data.subarray(row * outputs, (row + 1) * outputs);
    const [z, target] = [own[0] as number, targets.data[row] as number];
    if (kind === 'squared-error') sum += (z - target) ** 2;
    else if (kind === 'binary') sum += Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
    else {
      const top = Math.max(...own);
      const powers = own.reduce((total, value) => total + Math.exp(value - top), 0);
      sum += Math.log(powers) - ((own[target] as number) - top);
    }
  }
  return Float64Array.of(labelled === 0 ? 0 : sum / labelled);
}

function lossCase(
  name: string,
  kind: LossKind,
  shape: [number, number],
  targets: (row: number) => number,
  scale = 1,
): KernelCase {
  return {
    name: `taskLoss ${kind}: ${name}`,
    small: true,
    inputs: [
      normal(shape, 52, scale),
      { shape: [shape[0]], data: Float64Array.from({ length: shape[0] }, (_, row) => targets(row)) },
    ],
    differentiable: 1,
    run: ([logits, t]) => taskLoss(logits as tf.Tensor2D, t as tf.Tensor1D, kind),
    exact: ([logits, t]) => exactTaskLoss(logits, t, kind),
  };
}

/**
 * Several tasks side by side.
 * @param isLabelled - the other targets are missing
 */
function lossesCase(
  name: string,
  rows: number,
  tasks: readonly LossSpec[],
  isLabelled: (task: number, row: number) => boolean = () => true,
): KernelCase {
  const width = tasks.reduce((sum, t) => sum + t.outputs, 0);
  const classOf = ({ kind, outputs }: LossSpec, row: number) =>
    kind === 'squared-error' ? (row % 5) - 2 : row % Math.max(2, outputs);
  return {
    name: `taskLosses: ${name}`,
    small: true,
    inputs: [
      normal([rows, width], 54),
      {
        shape: [tasks.length, rows],
        data: Float64Array.from(
          tasks.flatMap((t, task) =>
            Array.from({ length: rows }, (_, row) =>
              isLabelled(task, row) ? classOf(t, row) : MISSING_LABEL,
            ),
          ),
        ),
      },
    ],
    differentiable: 1,
    run: ([logits, t]) => taskLosses(logits as tf.Tensor2D, t as tf.Tensor2D, tasks),
    exact: ([logits, t]) => {
      let first = 0;
      const losses = tasks.map(({ kind, outputs }, task) => {
        const own = Float64Array.from({ length: rows * outputs }, (_, i) => {
          const [row, column] = [Math.floor(i / outputs), i % outputs];
          return logits.data[row * width + first + column] as number;
        });
        first += outputs;
        const targets = { shape: [rows], data: t.data.slice(task * rows, (task + 1) * rows) };
        return exactTaskLoss({ shape: [rows, outputs], data: own }, targets, kind)[0] as number;
      });
      return Float64Array.from(losses);
    },
  };
}

const PARTLY: readonly LossSpec[] = [
  { kind: 'multiclass', outputs: 3, partial: true },
  { kind: 'binary', outputs: 1, partial: true },
  { kind: 'squared-error', outputs: 1, partial: true },
  { kind: 'multiclass', outputs: 4, partial: true },
];

export const taskLossTests: OpTests = {
  natives: {
    webgpu: [taskLossKernel, taskLossGradientKernel, labelledLossKernel, labelledLossGradientKernel],
  },
  cases: [
    lossCase('one row', 'squared-error', [1, 1], () => 2),
    lossCase('more rows than lanes', 'squared-error', [300, 1], (row) => row % 3),
    lossCase('both classes', 'binary', [5, 1], (row) => row % 2),
    lossCase('logits of +-80', 'binary', [7, 1], (row) => row % 2, 40),
    lossCase('odd sizes', 'multiclass', [5, 3], (row) => row % 3),
    lossCase('logits of +-80', 'multiclass', [7, 5], (row) => row % 5, 40),
    lossesCase('of one kind', 70, [
      { kind: 'squared-error', outputs: 1 },
      { kind: 'squared-error', outputs: 1 },
      { kind: 'squared-error', outputs: 1 },
    ]),
    lossesCase('of all kinds', 5, [
      { kind: 'multiclass', outputs: 3 },
      { kind: 'binary', outputs: 1 },
      { kind: 'squared-error', outputs: 1 },
      { kind: 'multiclass', outputs: 4 },
    ]),
    lossesCase('of all kinds, labels missing per task', 7, PARTLY, (task, row) => (row + task) % 3 > 0),
    lossesCase('of all kinds, one label each', 70, PARTLY, (task, row) => row === 20 * task),
    lossesCase('of all kinds, a task without any', 5, PARTLY, (task, row) => task !== 1 && row > task),
    lossesCase(
      'more rows than lanes, half of them labelled',
      300,
      [{ kind: 'binary', outputs: 1, partial: true }],
      (_, row) => row % 2 === 0,
    ),
  ],
  tests() {
    it('never computes with what is predicted where there is no label', async () => {
      const [rows, width] = [3, 9];
      const huge = tf.fill([rows, width], 3e38) as tf.Tensor2D;
      const targets = tf.fill([PARTLY.length, rows], MISSING_LABEL) as tf.Tensor2D;
      const logits = tf.tidy(() => tf.concat([toTensor(normal([1, width], 54)), huge])) as tf.Tensor2D;
      const one = tf.tensor2d([[2], [1], [0.5], [3]]);
      const labels = tf.concat([one, targets], 1) as tf.Tensor2D;
      const alone = toTensor(normal([1, width], 54)) as tf.Tensor2D;
      const lossesOf = (x: tf.Tensor2D, y: tf.Tensor2D) => valuesOf(() => taskLosses(x, y, PARTLY));
      const gradientOf = (x: tf.Tensor2D, y: tf.Tensor2D) =>
        valuesOf(() => tf.grad((z) => tf.sum(taskLosses(z as tf.Tensor2D, y, PARTLY)))(x));
      expect(await lossesOf(logits, labels)).toEqual(await lossesOf(alone, one));
      expect(await lossesOf(huge, targets)).toEqual(new Float32Array(PARTLY.length));
      const gradient = await gradientOf(logits, labels);
      expect(gradient.subarray(0, width)).toEqual(await gradientOf(alone, one));
      expect(gradient.subarray(width).every((g) => g === 0)).toBe(true);
      expect((await gradientOf(huge, targets)).every((g) => g === 0)).toBe(true);
      tf.dispose([huge, targets, logits, labels, alone, one]);
    });

    it('refuses targets and outputs that do not fit', () => {
      const x = tf.zeros([2, 6]) as tf.Tensor2D;
      const logits = tf.zeros([4, 3]) as tf.Tensor2D;
      const targets = tf.zeros([4]) as tf.Tensor1D;
      expect(() => taskLoss(x, targets, 'multiclass')).toThrow(/targets/);
      expect(() => tf.tidy(() => taskLoss(logits, targets, 'binary'))).toThrow(/outputs/);
      tf.dispose([x, logits, targets]);
    });
  },
};
