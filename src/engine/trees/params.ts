// Settings of the boosted models, as the page and the command line show them.
import { defineParams, type Keyed, type SettingsOf, settingsOf } from '../config/defineParams.ts';
import type { NumberParam, Params } from '../config/params.ts';

type NumberText<Key extends string> = { key: Key } & Omit<NumberParam, 'key' | 'kind' | 'integer'>;

const integer = <const Key extends string>(spec: NumberText<Key>): Keyed<NumberParam, Key> => ({
  kind: 'number',
  integer: true,
  ...spec,
});
const real = <const Key extends string>(spec: NumberText<Key>): Keyed<NumberParam, Key> => ({
  kind: 'number',
  integer: false,
  ...spec,
});

/** Settings of boosting per task (`TaskBoosters`). */
export const boosterParams = defineParams([
  integer({
    key: 'rounds',
    label: 'Rounds',
    help: 'Rounds of boosting. Each round adds one tree per task, and one per class where there are several.',
    min: 1,
    max: 2000,
    step: 10,
    default: 200,
  }),
  real({
    key: 'learningRate',
    label: 'Learning rate',
    help: 'Factor on every tree. Smaller values need more rounds and often generalise better.',
    source: 'Friedman 2001, shrinkage',
    min: 0.001,
    max: 1,
    step: 0.01,
    default: 0.1,
    scale: 'log',
  }),
  integer({
    key: 'maxLeaves',
    label: 'Leaves',
    help: 'Maximum number of leaves in a tree. Trees grow at the leaf where the loss falls most, until they have this many.',
    source: 'Ke et al. 2017 (LightGBM), leaf-wise growth',
    min: 2,
    max: 255,
    step: 1,
    default: 31,
  }),
  integer({
    key: 'maxDepth',
    label: 'Depth',
    help: 'Maximum number of splits between the root and a leaf: how many features can interact in one tree.',
    min: 1,
    max: 16,
    step: 1,
    default: 6,
  }),
  integer({
    key: 'minRowsPerLeaf',
    label: 'Rows per leaf',
    help: 'Minimum number of training rows in a leaf. More rows make smoother trees.',
    min: 1,
    max: 10000,
    step: 1,
    default: 20,
    control: 'box',
  }),
  real({
    key: 'l2',
    label: 'L2',
    help: 'Weight of the squared leaf values in the loss; shrinks leaves with few rows.',
    source: 'Chen and Guestrin 2016, Eq. 2, lambda',
    min: 0,
    max: 100,
    step: 0.1,
    default: 1,
    control: 'box',
  }),
  integer({
    key: 'bins',
    label: 'Bins',
    help: 'Maximum number of bins of a feature, at the quantiles of the training rows. Missing cells have one of their own.',
    min: 2,
    max: 255,
    step: 1,
    default: 255,
    advanced: true,
  }),
  real({
    key: 'rowSample',
    label: 'Row sample',
    help: 'Share of the training rows each round sees, drawn without replacement.',
    source: 'Friedman 2002, stochastic gradient boosting',
    min: 0.1,
    max: 1,
    step: 0.05,
    default: 1,
    advanced: true,
  }),
  real({
    key: 'columnSample',
    label: 'Column sample',
    help: 'Share of the features each tree may split on.',
    min: 0.1,
    max: 1,
    step: 0.05,
    default: 1,
    advanced: true,
  }),
]);

/** Settings of R-MTGB (`RobustBoosters`). */
export const robustParams = defineParams([
  ...boosterParams,
  integer({
    key: 'sharedRounds',
    label: 'Shared rounds',
    help: 'Rounds of the first block, with trees fitted to all tasks together.',
    source: 'Emami et al. 2025, R-MTGB, block 1',
    min: 0,
    max: 2000,
    step: 10,
    default: 40,
  }),
  integer({
    key: 'outlierRounds',
    label: 'Outlier rounds',
    help: 'Rounds of the second block, in which each task learns how far it is an outlier. The rounds that remain grow trees per task.',
    source: 'Emami et al. 2025, R-MTGB, block 2',
    min: 0,
    max: 2000,
    step: 10,
    default: 80,
  }),
]);

export type BoosterSettings = SettingsOf<typeof boosterParams>;

export type RobustSettings = SettingsOf<typeof robustParams>;

/** Typed settings from checked values of `boosterParams`. */
export const boosterSettings = (values: Params): BoosterSettings => settingsOf(boosterParams, values);

/** Typed settings from checked values of `robustParams`. */
export const robustSettings = (values: Params): RobustSettings => settingsOf(robustParams, values);
