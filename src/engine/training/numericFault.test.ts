import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { countNonFinite, numericFault } from './numericFault.ts';

beforeAll(() => tf.setBackend('cpu'));

const context = {
  role: 'model' as const,
  seed: 1,
  epoch: 4,
  step: 412,
  taskNames: ['task 1', 'task 2'],
  previousGradientNorm: 6.2e5,
};
const parameter = (values: number[]) => ({
  name: 'packed',
  variable: tf.variable(tf.tensor1d(values)),
  parts: [
    { name: 'shared.weight', shape: [2], start: 0, size: 2, task: null },
    { name: 'tower.weight', shape: [2], start: 2, size: 2, task: 1 },
  ],
});

describe('numericFault', () => {
  it('counts NaN and infinity within a slice', () => {
    expect(countNonFinite([Number.NaN, 1, Number.POSITIVE_INFINITY, 2], 1, 3)).toBe(1);
  });

  it('names the part of a packed gradient and its task', async () => {
    const gradient = tf.tensor1d([1, 2, 3, Number.NaN]);
    const error = await numericFault(
      { ...context, taskLosses: [1, 2] },
      [parameter([1, 1, 1, 1])],
      [gradient],
    );
    expect(error.fault).toMatchObject({
      kind: 'gradient',
      tensor: 'tower.weight',
      task: 'task 2',
      nonFinite: 1,
      step: 412,
    });
    expect(error.message).toContain('step 412');
    expect(error.message).toContain('tower.weight');
  });

  it('blames a bad parameter before the loss it spoils', async () => {
    const bad = parameter([1, Number.NaN, 1, 1]);
    const error = await numericFault({ ...context, taskLosses: [Number.NaN, 2] }, [bad], [tf.zeros([4])]);
    expect(error.fault).toMatchObject({ kind: 'parameter', tensor: 'shared.weight', task: 'task 1' });
  });

  it('names the task when only its loss is not finite', async () => {
    const losses = [1, Number.POSITIVE_INFINITY];
    const error = await numericFault(
      { ...context, taskLosses: losses },
      [parameter([1, 1, 1, 1])],
      [tf.zeros([4])],
    );
    expect(error.fault).toMatchObject({ kind: 'loss', task: 'task 2' });
  });

  it('names the largest gradient when only the norm overflows', async () => {
    const error = await numericFault(
      { ...context, taskLosses: [1, 2] },
      [parameter([1, 1, 1, 1])],
      [tf.tensor1d([1e20, 2, -3e20, 1])],
    );
    expect(error.fault).toMatchObject({ tensor: 'tower.weight', task: 'task 2', nonFinite: 0 });
    expect(error.message).toContain('has a norm beyond float32');
  });

  it('names the network, and says what was counted of which shape', async () => {
    const matrix = {
      name: 'packed',
      variable: tf.variable(tf.ones([8])),
      parts: [
        { name: 'first', shape: [2], start: 0, size: 2, task: null },
        { name: 'weight', shape: [2, 3], start: 2, size: 6, task: null },
      ],
    };
    const gradient = tf.tensor1d([1, 1, Number.NaN, 1, Number.NaN, 1, 1, 1]);
    const error = await numericFault(
      { ...context, role: 'model-2', taskLosses: [1, 2] },
      [matrix],
      [gradient],
    );
    expect(error.message).toBe(
      'Run stopped at step 412 of model 2: the gradient weight (shape [2, 3]) is not a finite number.',
    );
    expect(error.issues).toEqual([
      {
        path: 'weight',
        expected: 'finite numbers',
        got: '2 of 6 NaN or infinite',
        remedy: 'Lower the learning rate, standardise the targets, or clip the gradient norm, and run again.',
      },
    ]);
    expect(error.fault).toMatchObject({
      task: null,
      shape: [2, 3],
      nonFinite: 2,
      previousGradientNorm: 6.2e5,
    });
  });

  it('says of a loss which task, of the baseline too', async () => {
    const error = await numericFault(
      { ...context, role: 'baseline', taskLosses: [Number.NaN, 2] },
      [parameter([1, 1, 1, 1])],
      [tf.zeros([4])],
    );
    expect(error.message).toBe(
      'Run stopped at step 412 of the baseline: the loss of task 1 is not a finite number.',
    );
    expect(error.issues[0]).toMatchObject({ path: 'loss of task 1', got: '1 of 1 NaN or infinite' });
    expect(error.fault).toMatchObject({ shape: [], nonFinite: 1 });
  });

  it('says of a norm that overflows that no entry did, and keeps to the largest entry', async () => {
    const error = await numericFault(
      { ...context, taskLosses: [1, 2] },
      [parameter([1, 1, 1, 1])],
      [tf.tensor1d([-3e20, 2, 1e20, 1])],
    );
    expect(error.fault).toMatchObject({ tensor: 'shared.weight', task: null, nonFinite: 0, shape: [2] });
    expect(error.issues[0]?.got).toBe('a norm beyond float32; 0 of 2 NaN or infinite');
  });
});
