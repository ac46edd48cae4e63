// A prediction that is not finite stops the run, naming task, row of the split, row of the table, and the likely cause.
import { describe, expect, it } from 'vitest';
import type { WorkbenchError } from '../core/errors.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { firstNonFinite, largestValue, requireFinite } from './predictionFault.ts';

const base = randomDataset(
  [
    { name: 'c', kind: 'categorical', cardinality: 3 },
    { name: 'age', kind: 'numeric', cardinality: 1 },
    { name: 'income', kind: 'numeric', cardinality: 1 },
  ],
  [
    { name: 'level', type: 'regression', outputs: 1, description: '' },
    { name: 'kind', type: 'multiclass', outputs: 3, description: '' },
  ],
  8,
);
const dataset = {
  ...base,
  numeric: [Float32Array.from({ length: 8 }, (_, i) => i), Float32Array.from({ length: 8 }, () => 0)],
  split: { ...base.split, validation: Uint32Array.of(5, 2), test: Uint32Array.of(7) },
};
const at = { role: 'model' as const, seed: 3, epoch: 2, step: 40, split: 'validation' as const };
const fine = [Float32Array.of(1, 2), Float32Array.of(1, 2, 3, 4, 5, 6)];
const nan = Number.NaN;

function faultOf(run: () => void): WorkbenchError {
  try {
    run();
  } catch (error) {
    return error as WorkbenchError;
  }
  throw new Error('expected a refusal');
}

describe('predictions that are not finite', () => {
  it('are found by task and row, whatever the number of outputs', () => {
    expect(firstNonFinite(dataset, fine)).toBeNull();
    expect(firstNonFinite(dataset, [Float32Array.of(nan, 2), fine[1] as Float32Array])).toEqual({
      task: 0,
      position: 0,
    });
    const last = [fine[0] as Float32Array, Float32Array.of(1, 2, 3, 4, Number.NEGATIVE_INFINITY, 6)];
    expect(firstNonFinite(dataset, last)).toEqual({ task: 1, position: 1 });
  });

  it('pass when all is finite', () => {
    expect(() => requireFinite(at, dataset, fine, [1, 2])).not.toThrow();
  });

  it('stop the run and name the row', () => {
    const logits = [fine[0] as Float32Array, Float32Array.of(1, 2, 3, nan, nan, 6)];
    const error = faultOf(() => requireFinite({ ...at, role: 'baseline' }, dataset, logits, [1, nan]));
    expect(error.kind).toBe('numeric');
    expect(error.message).toBe(
      'Run stopped after step 40 of the baseline: the prediction of kind for row 2 of the validation split (row 3 of 8 in the table) is not a finite number. Lower the learning rate, standardise features and targets, or clip the gradient norm, and run again.',
    );
    expect(error.issues).toEqual([
      {
        path: 'prediction of kind',
        expected: 'finite numbers',
        got: '2 of 6 NaN or infinite',
        remedy:
          'Lower the learning rate, standardise features and targets, or clip the gradient norm, and run again.',
      },
    ]);
    expect(error.fault).toEqual({
      role: 'baseline',
      seed: 3,
      epoch: 2,
      step: 40,
      task: 'kind',
      tensor: 'prediction of kind',
      kind: 'logits',
      shape: [2, 3],
      nonFinite: 2,
      previousGradientNorm: null,
      evaluation: { split: 'validation', row: 2 },
    });
  });

  it('are blamed for a loss beyond float32 by the largest of them', () => {
    for (const [task, name, position, value] of [
      [0, 'level', 1, -2e30],
      [1, 'kind', 1, 9],
    ] as const) {
      const logits = [Float32Array.of(1e30, -2e30), Float32Array.of(1, -7, 3, 4, 9, -8)];
      const losses = [0, 0].map((_, i) => (i === task ? Number.POSITIVE_INFINITY : 1));
      const error = faultOf(() => requireFinite(at, dataset, logits, losses));
      expect(error.fault).toMatchObject({
        kind: 'loss',
        task: name,
        tensor: `validation loss of ${name}`,
        shape: [],
        nonFinite: 1,
        evaluation: { split: 'validation', row: position + 1 },
      });
      expect(error.message).toContain(`the validation loss of ${name} is not a finite number`);
      expect(error.issues[0]?.got).toBe(`a loss beyond float32, with a prediction of ${Math.fround(value)}`);
    }
  });

  it('of weights from a file are put down to the largest of their numbers', () => {
    const largest = largestValue([
      { name: 'first', data: Float32Array.of(1, -2e38) },
      { name: 'head', data: Float32Array.of(-3e38, 2.9e38) },
      { name: 'last', data: Float32Array.of() },
    ]);
    expect(largest).toEqual({ tensor: 'head', largest: Math.fround(-3e38) });
    const logits = [Float32Array.of(1, nan), fine[1] as Float32Array];
    const given = { fileName: 'w.pt', ...largest };
    const error = faultOf(() => requireFinite({ ...at, step: 0, given }, dataset, logits));
    expect(error.message).toBe(
      'Run stopped with the weights of w.pt: the prediction of level for row 2 of the validation split (row 3 of 8 in the table) is not a finite number. Every number of the file is finite, but what the network computes from them is not: the largest is -3.00e+38, in head, and float32 ends at 3.4e38. Give the weights of a training that ended well.',
    );
    expect(error.issues[0]?.remedy).toMatch(/^Every number of the file is finite/);
    expect(error.fault?.weightsFile).toBe('w.pt');
    const far = { ...dataset, numeric: dataset.numeric.map((column) => column.map(() => 1e6)) };
    expect(faultOf(() => requireFinite({ ...at, given }, far, logits)).message).toContain(
      'In this row age is 1.00e+6 standard deviations',
    );
  });

  it('are put down to the feature that lies farthest out, from 10,000 standard deviations on', () => {
    const withColumns = (age: number, income: number) => ({
      ...dataset,
      numeric: [dataset.numeric[0]?.map(() => age), dataset.numeric[1]?.map(() => income)] as Float32Array[],
    });
    const logits = [Float32Array.of(nan, 2), fine[1] as Float32Array];
    const remedy = (age: number, income: number) =>
      faultOf(() => requireFinite(at, withColumns(age, income), logits)).issues[0]?.remedy;
    expect(remedy(9999, -9999)).toContain('Lower the learning rate');
    expect(remedy(0, 1e4)).toBe(
      'In this row income is 1.00e+4 standard deviations from the mean of the training rows: correct or remove it, or leave the column out.',
    );
    expect(remedy(2e4, -3e4)).toContain('income is -3.00e+4');
    expect(remedy(-3e4, 2e4)).toContain('age is -3.00e+4');
    expect(remedy(0, nan)).toContain('income is NaN');
  });
});
