import { expect, it } from 'vitest';
import { randomDataset } from '../data/randomDataset.ts';
import { summariseDataset } from './summary.ts';

it('counts rows, splits and the classes in each', () => {
  const features = [{ name: 'x', kind: 'numeric' as const, cardinality: 1 }];
  const tasks = [
    { name: 'r', type: 'regression' as const, outputs: 1, description: '' },
    { name: 'b', type: 'binary' as const, outputs: 1, description: '' },
    { name: 'm', type: 'multiclass' as const, outputs: 3, description: '' },
  ];
  const made = randomDataset(features, tasks, 8);
  const dataset = {
    ...made,
    rows: 8,
    targets: [
      made.targets[0] as Float32Array,
      Float32Array.of(0, 1, 1, 1, 0, 0, 0, 0),
      Float32Array.of(2, 2, 0, 2, 1, 1, 1, 1),
    ],
    split: {
      train: Uint32Array.of(0, 1, 2, 3),
      validation: Uint32Array.of(4),
      test: Uint32Array.of(5, 6, 7),
    },
  };
  const summary = summariseDataset(dataset, false);
  expect(summary.classCounts.map((c) => c && [c.train, c.validation, c.test])).toEqual([
    null,
    [
      [1, 3],
      [1, 0],
      [3, 0],
    ],
    [
      [1, 0, 3],
      [0, 1, 0],
      [0, 3, 0],
    ],
  ]);
  expect(summary.split).toEqual({ train: 4, validation: 1, test: 3 });
  const { name, rows, notes, targetScaling, relatedness } = dataset;
  expect(summary).toMatchObject({ name, rows, features, tasks, notes, targetScaling, relatedness });
  expect(summary).not.toHaveProperty('fingerprint');
  const other = { ...dataset, numeric: dataset.numeric.map((column) => column.map((value) => value + 1)) };
  const [own, same, changed] = [dataset, { ...dataset }, other].map(
    (rows) => summariseDataset(rows, true).fingerprint,
  );
  expect(own).toMatch(/^[0-9a-f]{16}$/);
  expect(same).toBe(own);
  expect(changed).not.toBe(own);
});
