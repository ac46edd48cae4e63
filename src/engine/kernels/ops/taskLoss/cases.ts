// What losses are tried on.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type Matrix, normal } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import {
  type LossKind,
  type LossSpec,
  taskLoss,
  taskLosses,
  taskLossGradientKernel,
  taskLossKernel,
} from './index.ts';

/** Mean loss of logits [N, outputs] for targets [N]. */
export function exactTaskLoss(
  { shape, data }: Matrix,
  targets: Matrix,
  kind: 'squared-error' | 'binary' | 'multiclass',
): Float64Array {
  const [rows, outputs] = shape as [number, number];
  let sum = 0;
  for (let row = 0; row < rows; row++) {
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
  return Float64Array.of(sum / rows);
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

/** Several tasks side by side. */
function lossesCase(name: string, rows: number, tasks: readonly LossSpec[]): KernelCase {
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
          tasks.flatMap((t) => Array.from({ length: rows }, (_, row) => classOf(t, row))),
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

export const taskLossTests: OpTests = {
  natives: { webgpu: [taskLossKernel, taskLossGradientKernel] },
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
  ],
  tests() {
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
