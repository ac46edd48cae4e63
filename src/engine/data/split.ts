// Training, validation and test split: a seeded permutation of the rows, cut in three, as a whole or per stratum.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import type { Params } from '../config/params.ts';
import { MAX_SEED } from '../config/seedLimits.ts';
import type { Issue } from '../core/errors.ts';
import { rng } from '../core/rng.ts';
import { allocate, type Strata } from './stratify.ts';
import type { Split } from './table.ts';

/** Settings common to all sources. */
export const splitParams = defineParams([
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
    max: MAX_SEED,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
]);

export const MIN_ROWS = 2;

export interface SplitSizes {
  train: number;
  validation: number;
  test: number;
}

export function splitSizes(rows: number, params: Params): SplitSizes {
  const { trainFraction, validationFraction } = settingsOf(splitParams, params);
  const train = Math.round(rows * trainFraction);
  const validation = Math.round(rows * validationFraction);
  return { train, validation, test: rows - train - validation };
}

/** The same where some splits have rows elsewhere: the others share these in their proportion. */
export function splitSizesWithout(
  given: readonly (keyof SplitSizes)[],
  rows: number,
  params: Params,
): SplitSizes {
  const { trainFraction, validationFraction } = settingsOf(splitParams, params);
  const shares: SplitSizes = {
    train: trainFraction,
    validation: validationFraction,
    test: Math.max(0, 1 - trainFraction - validationFraction),
  };
  for (const split of given) shares[split] = 0;
  const total = shares.train + shares.validation + shares.test;
  const validation = Math.round((rows * shares.validation) / total);
  const test = Math.round((rows * shares.test) / total);
  return { train: rows - validation - test, validation, test };
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

/**
 * @param strata - rows that are to be spread evenly over the splits; one stratum when left out
 * @param sizes - add up to `rows`
 * @returns row numbers; within a split in the order of the seeded permutation
 */
export function splitRows(
  rows: number,
  params: Params,
  strata?: Strata,
  sizes: SplitSizes = splitSizes(rows, params),
): Split {
  const { seed } = settingsOf(splitParams, params);
  const order = rng(seed, 'data/split').shuffle(Uint32Array.from({ length: rows }, (_, i) => i));
  const split: Split = {
    train: new Uint32Array(sizes.train),
    validation: new Uint32Array(sizes.validation),
    test: new Uint32Array(sizes.test),
  };
  const parts = [split.train, split.validation, split.test];
  const left = allocate(
    strata?.sizes ?? [rows],
    parts.map((part) => part.length),
  );
  const filled = parts.map(() => 0);
  for (const row of order) {
    const room = left[strata?.of[row] ?? 0] as number[];
    const k = room.findIndex((count) => count > 0);
    room[k] = (room[k] as number) - 1;
    (parts[k] as Uint32Array)[filled[k] as number] = row;
    filled[k] = (filled[k] as number) + 1;
  }
  return split;
}
