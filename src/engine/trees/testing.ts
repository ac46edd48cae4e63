// Small datasets for the tests of this folder.
import { defaultsOf } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import type { BoostedTasks } from './grower.ts';
import { robustParams, robustSettings } from './params.ts';

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

/** Of R-MTGB, with few rounds in each block. */
export const robustDefaults = {
  ...robustSettings(defaultsOf(robustParams)),
  rounds: 12,
  sharedRounds: 4,
  outlierRounds: 4,
};

/** 200 training and 100 test rows, three numeric columns with missing cells and a categorical one. */
export function mixedDataset(seed: number): Dataset {
  const { normal, int } = rng(seed, 'test');
  const numeric = [0, 1, 2].map(() => Array.from({ length: 300 }, () => (int(9) === 0 ? null : normal())));
  const codes = Array.from({ length: 300 }, () => int(4));
  const value = codes.map((code, i) => (numeric[0]![i] ?? 1) * 2 + (code === 2 ? 1 : 0) + 0.2 * normal());
  return testDataset({
    train: 200,
    numeric,
    categorical: [{ cardinality: 4, codes }],
    tasks: [
      { type: 'regression', target: value },
      { type: 'binary', target: value.map((v) => (v > 0 ? 1 : 0)) },
      { type: 'multiclass', outputs: 3, target: value.map((v) => (v > 1 ? 2 : v > -1 ? 1 : 0)) },
    ],
  });
}

/** Four regression tasks on the same rows; the last one is the negative of the others. */
export function outlierDataset(seed: number): Dataset {
  const { normal } = rng(seed, 'test');
  const numeric = [0, 1, 2].map(() => Array.from({ length: 500 }, () => normal()));
  const f = numeric[0]!.map((x, i) => Math.sin(2 * x) + numeric[1]![i]!);
  const tasks = [1, 1, 1, -1].map((sign) => ({
    type: 'regression' as const,
    target: f.map((v) => sign * v + 0.2 * normal()),
  }));
  return testDataset({ train: 400, numeric, tasks });
}

/** @returns the losses of the tasks after each round, all of them active */
export async function growRounds(model: BoostedTasks, numTasks: number, rounds: number): Promise<number[][]> {
  const losses: number[][] = [];
  for (let i = 0; i < rounds; i++) {
    losses.push((await model.round(new Array(numTasks).fill(true), noPause)).taskLosses);
  }
  return losses;
}
