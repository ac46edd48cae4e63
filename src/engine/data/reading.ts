// The settings for reading a table. Everything detected automatically can be overridden here.

import { defineParams, settingsOf } from '../config/defineParams.ts';
import { listNames, MAX_LIST, parseTypedNames, QUOTING_HELP } from '../config/names.ts';
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { LayoutSettings } from './formats/format.ts';
import { AUTO, type MissingRule, missingRule } from './missing.ts';
import type { Decimal } from './numbers.ts';

export const COLUMN_TYPES = [
  'numeric',
  'categorical',
  'date',
  'ignore',
  'decimal-point',
  'decimal-comma',
  'date-dmy',
  'date-mdy',
] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export const readingParams = defineParams([
  {
    kind: 'choice',
    key: 'header',
    label: 'Header',
    help: 'Whether the first line names the columns. Auto looks whether it reads like the lines below it; without names the columns are called column 1, column 2 and so on.',
    control: 'segmented',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'present', label: 'Present' },
      { value: 'none', label: 'None' },
    ],
    default: 'auto',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'decimal',
    label: 'Decimal sign',
    help: 'Auto finds it per column, from the cells that allow only one reading; column types overrule it for single columns.',
    control: 'segmented',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'point', label: 'Point' },
      { value: 'comma', label: 'Comma' },
    ],
    default: 'auto',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'missingMarkers',
    label: 'Missing words',
    help: 'Texts that mean a missing value, separated by commas, in any case. "auto" stands for the common ones: NA, N/A, NaN, null and ? anywhere; among numbers also -, ., none and missing. Empty cells are always missing.',
    maxLength: 500,
    default: AUTO,
    advanced: true,
  },
  {
    kind: 'text',
    key: 'types',
    label: 'Column types',
    help: `Types of single columns, as in zip:categorical,price:numeric. Types: ${COLUMN_TYPES.join(', ')}. ${QUOTING_HELP}`,
    maxLength: MAX_LIST,
    default: '',
    advanced: true,
  },
  {
    kind: 'switch',
    key: 'mergeSpellings',
    label: 'Merge spellings',
    help: 'Categories that differ only in case or blanks become one, under their most frequent spelling.',
    caption: 'Yes, yes and YES are one',
    default: false,
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'delimiter',
    label: 'Delimiter',
    help: 'What stands between cells. Auto takes the one that cuts most lines into equally many cells.',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'comma', label: 'Comma' },
      { value: 'semicolon', label: 'Semicolon' },
      { value: 'tab', label: 'Tab' },
      { value: 'bar', label: 'Bar' },
      { value: 'blank', label: 'Blanks' },
    ],
    default: 'auto',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'encoding',
    label: 'Encoding',
    help: 'How characters are stored. Auto takes UTF-8 or UTF-16 where the bytes show it, else Latin-1, with a note.',
    options: [
      { value: 'auto', label: 'Auto' },
      { value: 'utf-8', label: 'UTF-8' },
      { value: 'utf-16', label: 'UTF-16' },
      { value: 'latin-1', label: 'Latin-1' },
    ],
    default: 'auto',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'badLines',
    label: 'Bad lines',
    help: 'Lines with more cells than there are columns: the file is refused with the first of them, or they are left out and counted.',
    control: 'segmented',
    options: [
      { value: 'refuse', label: 'Refuse' },
      { value: 'leave-out', label: 'Leave out' },
    ],
    default: 'refuse',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'comment',
    label: 'Comments',
    help: 'Lines that begin with this are left out; empty for none.',
    maxLength: 10,
    default: '#',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'skipLines',
    label: 'Skip lines',
    help: 'Lines above the header that are left out; -1 finds titles and other lines that are not part of the table.',
    integer: true,
    min: -1,
    max: 1000,
    step: 1,
    default: -1,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'sheet',
    label: 'Sheet',
    help: 'The sheet of an Excel workbook, by name or by number from 1; empty for the first visible one with at least two rows and two columns.',
    maxLength: 200,
    default: '',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'sample',
    label: 'Sample',
    help: 'Which rows are read of a table that is too large: all, the first, some at random, or some at random with each value of a column in its share. The same rows are drawn each time.',
    options: [
      { value: 'all', label: 'All rows' },
      { value: 'first', label: 'First rows' },
      { value: 'random', label: 'Random rows' },
      { value: 'stratified', label: 'Stratified' },
    ],
    default: 'all',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'sampleRows',
    label: 'Sample rows',
    help: 'How many rows a sample has at most.',
    integer: true,
    min: 10,
    max: 1_000_000,
    step: 1,
    default: 100_000,
    control: 'box',
    visibleWhen: { key: 'sample', oneOf: ['first', 'random', 'stratified'] },
    advanced: true,
  },
  {
    kind: 'text',
    key: 'sampleBy',
    label: 'Sample by',
    help: 'The column whose values a stratified sample keeps in proportion, such as a target.',
    maxLength: 200,
    default: '',
    visibleWhen: { key: 'sample', oneOf: ['stratified'] },
    advanced: true,
  },
  {
    kind: 'text',
    key: 'validationFile',
    label: 'Validation file',
    help: 'A file of the same columns whose rows are the validation split; empty to draw that from the table.',
    maxLength: 200,
    default: '',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'testFile',
    label: 'Test file',
    help: 'A file of the same columns whose rows are the test split; empty to draw that from the table.',
    maxLength: 200,
    default: '',
    advanced: true,
  },
]);

export interface ReadingSettings {
  layout: LayoutSettings;
  /** Null: each column decides for itself. */
  decimal: Decimal | null;
  missing: MissingRule;
  types: ReadonlyMap<string, ColumnType>;
  mergeSpellings: boolean;
}

const DECIMALS = { auto: null, point: '.', comma: ',' } as const;

/** The reading settings among those of a source; lists that cannot be parsed count as not given. */
export function readingSettings(data: Params): ReadingSettings {
  const types = typesOf(data) ?? [];
  const {
    decimal,
    missingMarkers,
    mergeSpellings,
    types: _list,
    validationFile: _validation,
    testFile: _test,
    ...layout
  } = settingsOf(readingParams, data);
  return {
    layout,
    decimal: DECIMALS[decimal],
    missing: missingRule(missingMarkers) ?? (missingRule(AUTO) as MissingRule),
    types: new Map(types.flatMap(({ name, type }) => (isColumnType(type) ? [[name, type]] : []))),
    mergeSpellings,
  };
}

const typesOf = (data: Params) => parseTypedNames(settingsOf(readingParams, data).types, COLUMN_TYPES);
const isColumnType = (type: string | null): type is ColumnType =>
  COLUMN_TYPES.some((known) => known === type);

/** Equal text for equal readings; the key of prepared tables. */
export const readingKey = (data: Params): string => JSON.stringify(readingParams.map(({ key }) => data[key]));

/** Issues of lists that cannot be parsed; needs no table. */
export function checkReadingLists(data: Params): Issue[] {
  const refuse = (key: string, expected: string, got: string, remedy: string) => ({
    path: `data.params.${key}`,
    expected,
    got,
    remedy,
  });
  const issues: Issue[] = [];
  const lists = {
    missingMarkers: missingRule(settingsOf(readingParams, data).missingMarkers),
    types: typesOf(data),
  };
  for (const [key, list] of Object.entries(lists)) {
    if (list === null)
      issues.push(refuse(key, 'a list with matching quotes', String(data[key]), QUOTING_HELP));
  }
  for (const { name, type } of lists.types ?? []) {
    if (isColumnType(type)) continue;
    const got = type === null ? `${name} without one` : `${name}:${type}`;
    issues.push(
      refuse('types', `a type out of ${COLUMN_TYPES.join(', ')}`, got, 'For example zip:categorical.'),
    );
  }
  return issues;
}

/** Issues of types given to columns that the table does not have. */
export function checkReadingNames(data: Params, columns: readonly { name: string }[]): Issue[] {
  const names = columns.map((column) => column.name);
  const known = new Set(names);
  return (typesOf(data) ?? [])
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({
      path: 'data.params.types',
      expected: `columns out of ${listNames(names)}`,
      got: name,
      remedy: `Correct the name, or remove it. ${QUOTING_HELP}`,
    }));
}
