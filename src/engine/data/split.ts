// Train, validation and test: a seeded permutation of the rows, cut in three.
import type { ParamSpec, Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { rng } from '../core/rng.ts';
import type { Split } from './table.ts';

/** Settings every source shares. */
export const splitParams: readonly ParamSpec[] = [
  {
    kind: 'number',
    key: 'trainFraction',
    label: 'Training',
    help: 'Share of the rows that models are fitted on.',
    integer: false,
    min: 0.05,
    max: 0.95,
    step: 0.05,
    default: 0.7,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'validationFraction',
    label: 'Validation',
    help: 'Share of the rows that early stopping and the best checkpoint follow; the rest is the test split.',
    integer: false,
    min: 0.02,
    max: 0.9,
    step: 0.05,
    default: 0.15,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'seed',
    label: 'Data seed',
    help: 'Decides the rows and the split. The seed under Training decides initial values and batches.',
    integer: true,
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
];

export const MIN_ROWS = 2;

export interface SplitSizes {
  train: number;
  validation: number;
  test: number;
}

export function splitSizes(rows: number, params: Params): SplitSizes {
  const train = Math.round(rows * (params.trainFraction as number));
  const validation = Math.round(rows * (params.validationFraction as number));
  return { train, validation, test: rows - train - validation };
}

/** @param path - prefix of the settings, `data.params` */
export function checkSplit(rows: number, params: Params, path: string): Issue[] {
  const { train, validation, test } = splitSizes(rows, params);
  if (Math.min(train, validation, test) >= MIN_ROWS) return [];
  return [
    {
      path: `${path}.trainFraction`,
      expected: `at least ${MIN_ROWS} rows in each split`,
      got: `${train} training, ${validation} validation, ${test} test rows of ${rows}`,
      remedy: 'Use more rows, or fractions for training and validation that leave rows for the test split.',
    },
  ];
}

export function splitRows(rows: number, params: Params): Split {
  const order = rng(params.seed as number, 'data/split').shuffle(
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
  const { train, validation } = splitSizes(rows, params);
  return {
    train: order.slice(0, train),
    validation: order.slice(train, train + validation),
    test: order.slice(train + validation),
  };
}
