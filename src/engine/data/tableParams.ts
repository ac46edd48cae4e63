// The settings of a table as a data source.

import { defineParams, type SettingsOf, settingsOf } from '../config/defineParams.ts';
import { MAX_LIST, parseNames, QUOTING_HELP } from '../config/names.ts';
import type { Params, TargetChoice } from '../config/params.ts';
import { encodeParams } from './encode.ts';
import { formats } from './formats/registry.ts';
import { readingParams } from './reading.ts';
import { splitParams } from './split.ts';

export const dataParams = defineParams([
  {
    kind: 'text',
    key: 'file',
    label: 'File',
    help: `A table as ${Object.values(formats)
      .map((f) => f.summary)
      .join('; or ')}.`,
    maxLength: 200,
    default: 'penguins.csv',
  },
  {
    kind: 'choice',
    key: 'missing',
    label: 'Missing',
    help: 'What happens to a missing number: networks read the mean or the median of the training rows, or the mean and a category that says it was missing; trees have a branch of their own for it in each case. Or its row is dropped. A missing category is a category of its own either way.',
    options: [
      { value: 'mean', label: 'Mean' },
      { value: 'median', label: 'Median' },
      { value: 'indicator', label: 'Mean and indicator' },
      { value: 'drop', label: 'Drop row' },
    ],
    default: 'mean',
  },
  {
    kind: 'text',
    key: 'logScale',
    label: 'Log scale',
    help: `Numeric features with long tails, separated by commas, that are read as sign(x) ln(1 + |x|). ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'clip',
    label: 'Clip',
    help: `Numeric features with long tails, separated by commas, that are cut at the first and last percent of the training rows. ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'quantile',
    label: 'Quantiles',
    help: `Numeric features, separated by commas, that are read as the normal scores of their ranks in the training rows. ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'rareBelow',
    label: 'Rare below',
    help: 'Categories with fewer training rows than this become one category "other": 1 merges those that no training row has, 0 keeps them all.',
    integer: true,
    min: 0,
    max: 10000,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'rare',
    label: 'Rare, by column',
    help: `Rare below for single columns, as in city:20,zip:frequent: a number as there, or frequent, where a value that no training row has is read as the most frequent one. ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'ignore',
    label: 'Ignore',
    help: `Columns to leave out, separated by commas. ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'unlabelled',
    label: 'Missing targets',
    help: 'Keep: a row trains the tasks it has labels of; losses, metrics and gains of a task are over its labelled rows. Otherwise a row that misses one of the targets is dropped; Drop few refuses to drop more than a quarter of the rows with labels. A row without any label is dropped either way.',
    control: 'segmented',
    options: [
      { value: 'keep', label: 'Keep' },
      { value: 'drop-few', label: 'Drop few' },
      { value: 'drop', label: 'Drop all' },
    ],
    default: 'keep',
    advanced: true,
  },
  ...readingParams,
  ...encodeParams,
  {
    kind: 'choice',
    key: 'split',
    label: 'Split',
    help: 'Auto: as the file says where it has splits of its own, else stratified. Stratified: every split gets its share of each class of the classification targets, and at least one row of a class that has three; by combinations of classes, or by the rarest class of a row where combinations are too few. Random: as the rows fall. Groups: all rows with one value of a column stay together. Time: the earliest rows train, the latest test. Column: its cells say train, validation or test.',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'stratified', label: 'Stratified' },
      { value: 'random', label: 'Random' },
      { value: 'group', label: 'Groups' },
      { value: 'time', label: 'Time' },
      { value: 'column', label: 'Column' },
    ],
    default: 'auto',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'splitColumn',
    label: 'Split by',
    help: 'The column whose groups, times or words decide the split.',
    maxLength: 200,
    default: '',
    visibleWhen: { key: 'split', oneOf: ['group', 'time', 'column'] },
    advanced: true,
  },
  ...splitParams,
]);

export const taskParams = defineParams([
  {
    kind: 'targets',
    key: 'targets',
    label: 'Targets',
    help: 'The columns to predict and the type of each task.',
    default: [],
  },
]);

export type DataSettings = SettingsOf<typeof dataParams>;

/** Typed settings from checked values of `dataParams`. */
export const dataSettings = (data: Params): DataSettings => settingsOf(dataParams, data);

/** Columns to leave out; null if the quotes of the list do not match. */
export const ignoredNames = (data: Params): string[] | null => parseNames(dataSettings(data).ignore);

/** The columns to predict. */
export const targetChoices = (tasks: Params): TargetChoice[] => settingsOf(taskParams, tasks).targets;
