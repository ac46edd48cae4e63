// Small datasets for the tests of this folder.
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';

export interface TestTable {
  train: number;
  categorical?: { cardinality: number; codes: number[] }[];
  /** null = missing. */
  numeric: (number | null)[][];
  tasks: { type: TaskMeta['type']; outputs?: number; target: number[] }[];
}

/** A dataset whose first `train` rows are training rows and the rest test rows. Missing cells are stored as 0. */
export function testDataset(table: TestTable): Dataset & { missing: Uint8Array[] } {
  const rows = table.tasks[0]!.target.length;
  const categorical = table.categorical ?? [];
  const features: FeatureMeta[] = [
    ...categorical.map(({ cardinality }, i) => ({
      name: `c${i}`,
      kind: 'categorical' as const,
      cardinality,
    })),
    ...table.numeric.map((_, i) => ({ name: `x${i}`, kind: 'numeric' as const, cardinality: 1 })),
  ];
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  return {
    name: 'test',
    rows,
    features,
    categorical: categorical.map(({ codes }) => Int32Array.from(codes)),
    numeric: table.numeric.map((column) => Float32Array.from(column, (value) => value ?? 0)),
    missing: table.numeric.map((column) => Uint8Array.from(column, (value) => (value === null ? 1 : 0))),
    tasks: table.tasks.map(({ type, outputs }, i) => ({
      name: `t${i}`,
      type,
      outputs: outputs ?? 1,
      description: '',
    })),
    targets: table.tasks.map(({ target }) => Float32Array.from(target)),
    split: {
      train: all.slice(0, table.train),
      validation: all.slice(table.train),
      test: all.slice(table.train),
    },
    featureScaling: [],
    targetScaling: table.tasks.map(() => null),
    relatedness: {
      requestedCosine: null,
      smallestEigenvalue: null,
      closedForm: null,
      realised: new Float64Array(table.tasks.length ** 2),
    },
    notes: [],
  };
}

/** For growing without pauses. */
export const noPause = async (): Promise<void> => {};
