// Random rows in the shape of a table: the cost of a step does not depend on what is learned.
import { rng } from '../core/rng.ts';
import type { Dataset, FeatureMeta, TaskMeta } from './table.ts';

/** Standard normal numbers, uniform codes and classes; all rows are training rows. */
export function randomDataset(
  features: readonly FeatureMeta[],
  tasks: readonly TaskMeta[],
  rows: number,
  seed = 0,
): Dataset {
  const random = rng(seed, 'random-dataset');
  const column = (value: () => number) => Float32Array.from({ length: rows }, value);
  const kinds = (kind: FeatureMeta['kind']) => features.filter((f) => f.kind === kind);
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  return {
    name: 'noise',
    rows,
    features: [...features],
    categorical: kinds('categorical').map(({ cardinality }) =>
      Int32Array.from({ length: rows }, () => random.int(cardinality)),
    ),
    numeric: kinds('numeric').map(() => column(() => random.normal())),
    missing: kinds('numeric').map(() => null),
    tasks: [...tasks],
    targets: tasks.map(({ type, outputs }) =>
      column(() => (type === 'regression' ? random.normal() : random.int(Math.max(2, outputs)))),
    ),
    split: { train: all, validation: all.subarray(0, 0), test: all.subarray(0, 0) },
    featureScaling: kinds('numeric').map(() => ({ mean: 0, scale: 1 })),
    targetScaling: tasks.map(({ type }) => (type === 'regression' ? { mean: 0, scale: 1 } : null)),
    relatedness: {
      requestedCosine: null,
      smallestEigenvalue: null,
      closedForm: null,
      realised: new Float64Array(tasks.length ** 2),
    },
    notes: [],
  };
}
