// Settings of boosted trees.
import type { NumberParam, ParamSpec } from '../config/params.ts';

const number = (
  key: string,
  label: string,
  help: string,
  range: Pick<NumberParam, 'integer' | 'min' | 'max' | 'step' | 'default'> & Partial<NumberParam>,
): NumberParam => ({ kind: 'number', key, label, help, ...range });

export const roundsParam = number('rounds', 'Rounds', 'Trees per task and output, at most.', {
  integer: true,
  min: 1,
  max: 5000,
  step: 10,
  default: 200,
  scale: 'log',
});

/** Of a single tree and of its step. */
export const growthParams: readonly ParamSpec[] = [
  number('learningRate', 'Shrinkage', 'What a tree’s values are multiplied by.', {
    integer: false,
    min: 0.001,
    max: 1,
    step: 0.01,
    default: 0.1,
    scale: 'log',
  }),
  number('maxLeaves', 'Leaves', 'Leaves of a tree, at most; the leaf with the largest gain is split first.', {
    integer: true,
    min: 2,
    max: 512,
    step: 1,
    default: 31,
  }),
  number('maxDepth', 'Depth', 'Splits from the root to a leaf, at most.', {
    integer: true,
    min: 1,
    max: 16,
    step: 1,
    default: 6,
  }),
  number('minRowsPerLeaf', 'Rows per leaf', 'Training rows of a leaf, at least.', {
    integer: true,
    min: 1,
    max: 10000,
    step: 1,
    default: 20,
    scale: 'log',
  }),
  number('l2', 'L2', 'Penalty on the values of leaves (lambda of Chen and Guestrin 2016, Eq. 2).', {
    integer: false,
    min: 0,
    max: 100,
    step: 0.1,
    default: 1,
  }),
  number('bins', 'Bins', 'Quantile bins per numeric feature, besides the one for missing values.', {
    integer: true,
    min: 2,
    max: 255,
    step: 1,
    default: 255,
    advanced: true,
  }),
  number('rowSample', 'Row sample', 'Share of the training rows that a tree sees.', {
    integer: false,
    min: 0.05,
    max: 1,
    step: 0.05,
    default: 1,
    advanced: true,
  }),
  number('columnSample', 'Column sample', 'Share of the features that a tree sees.', {
    integer: false,
    min: 0.05,
    max: 1,
    step: 0.05,
    default: 1,
    advanced: true,
  }),
];

export const treeParams: readonly ParamSpec[] = [roundsParam, ...growthParams];
