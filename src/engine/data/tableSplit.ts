// Which rows of a table train, validate and test: random, stratified by classes, whole groups, in order of time, or as a column
// or the file itself says.

import { settingsOf } from '../config/defineParams.ts';
import { formatName, listNames } from '../config/names.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { rng } from '../core/rng.ts';
import { type Column, classCodes, isMissing, type ParsedTable } from './columns.ts';
import type { SourceRequest } from './source.ts';
import { MIN_ROWS, type SplitSizes, splitParams, splitRows, splitSizes } from './split.ts';
import { splitRemedy } from './splitNotes.ts';
import { drawnSplits, splitOfFiles } from './splitOfFiles.ts';
import { type Strata, strataOf } from './stratify.ts';
import type { Split } from './table.ts';
import { dataSettings } from './tableParams.ts';
import type { Selection } from './tableTargets.ts';

/** Kinds of split that a column decides. */
export const COLUMN_SPLITS = ['group', 'time', 'column'] as const;
type ColumnSplit = (typeof COLUMN_SPLITS)[number];
const isColumnSplit = (kind: string): kind is ColumnSplit => COLUMN_SPLITS.some((known) => known === kind);

/** Words for the splits in a column, in any case. */
const WORDS: readonly (readonly string[])[] = [
  ['train', 'training', 'tr', 'fit'],
  ['val', 'valid', 'validation', 'dev', 'development'],
  ['test', 'testing', 'holdout', 'hold-out', 'eval'],
];
const PARTS = ['train', 'validation', 'test'] as const;

/** The column that decides the split; null if none does. */
export function splitColumn({ data }: SourceRequest, table: ParsedTable): Column | null {
  const { split, splitColumn: name } = dataSettings(data);
  if (!isColumnSplit(split)) return null;
  return table.columns.find((column) => column.name === name) ?? null;
}

/** Whether the column only says which rows belong together, and is not a feature. */
export const isSplitOnly = (request: SourceRequest, { name }: Column): boolean => {
  const { split, splitColumn } = dataSettings(request.data);
  return (split === 'group' || split === 'column') && splitColumn === name;
};

/** Issues of the column that decides the split; checked before rows are selected. */
export function checkSplitColumn(request: SourceRequest, table: ParsedTable): Issue[] {
  const { split, splitColumn: name } = dataSettings(request.data);
  if (!isColumnSplit(split)) return [];
  const path = 'data.params.splitColumn';
  if (split === 'column' && table.files)
    return [
      {
        path: 'data.params.split',
        expected: `another split than by a column, for ${table.files[1]?.name} says which rows ${table.files[1]?.split === 'test' ? 'test' : 'validate'}`,
        got: `column:${formatName(name)}`,
        remedy: 'Set data.split=auto, or leave out the files for splits.',
      },
    ];
  const column = splitColumn(request, table);
  if (!column) {
    const names = listNames(table.columns.map((c) => c.name));
    return [
      {
        path,
        expected: `the column to split by, out of ${names}`,
        got: name || 'nothing',
        remedy: `For example --split ${split}:${formatName(table.columns[0]?.name ?? 'column')}.`,
      },
    ];
  }
  if (column.missing > 0) {
    return [
      {
        path,
        expected: `a value of ${formatName(name)} in each row`,
        got: `none in ${column.missing} of ${column.rows} rows`,
        remedy: 'Fill the cells, or remove these rows.',
      },
    ];
  }
  if (split === 'time' && column.kind === 'categorical') {
    return [
      {
        path,
        expected: `dates or numbers in ${formatName(name)}`,
        got: `text such as "${column.values[0]}"`,
        remedy: `Choose another column, or set data.types to ${formatName(name)}:date.`,
      },
    ];
  }
  return split === 'column' ? checkWords(column, path) : [];
}

const partOf = (text: string) => WORDS.findIndex((words) => words.includes(text.trim().toLowerCase()));

function checkWords(column: Column, path: string): Issue[] {
  const unknown = column.values.filter((value) => partOf(value) < 0);
  const found = new Set(column.values.map(partOf));
  if (unknown.length === 0 && column.kind === 'categorical' && [0, 1, 2].every((part) => found.has(part)))
    return [];
  return [
    {
      path,
      expected: `train, validation and test in ${formatName(column.name)} (or val, dev, holdout), each in some rows`,
      got: column.values
        .slice(0, 8)
        .map((value) => `"${value}"`)
        .join(', '),
      remedy: 'Rename the values, or choose another split.',
    },
  ];
}

/** Call only if `checkSplitColumn` returned no issues. */
export function splitTable(
  request: SourceRequest,
  table: ParsedTable,
  selection: Selection,
): { split: Split; notes: Note[] } {
  const { data } = request;
  const { split: kind } = dataSettings(data);
  const { rows } = selection;
  if (table.files)
    return splitOfFiles(table, rows, data, (drawn, sizes) =>
      drawSplit(request, table, { targets: selection.targets, rows: drawn }, sizes),
    );
  if (kind === 'auto' && table.split)
    return { split: given(rows, (row) => table.split?.[row] ?? 0), notes: [] };
  return drawSplit(request, table, selection, splitSizes(rows.length, data));
}

type Rows = Pick<Selection, 'rows' | 'targets'>;

/** As the settings say, without what files have of splits. */
function drawSplit(
  request: SourceRequest,
  table: ParsedTable,
  { rows, targets }: Rows,
  sizes: SplitSizes,
): { split: Split; notes: Note[] } {
  const { split: kind } = dataSettings(request.data);
  const column = splitColumn(request, table);
  if (!column) return stratified(request, { rows, targets }, sizes);
  if (kind === 'column')
    return { split: given(rows, (row) => partOf(column.values[column.codes[row] ?? 0] ?? '')), notes: [] };
  const split = kind === 'time' ? byTime(column, rows, sizes) : byGroup(request, column, rows, sizes);
  return { split, notes: [] };
}

/** Whether rows are split by the fractions, and not by files, by a column or by the file itself. */
export const isByFractions = ({ data }: SourceRequest, table: ParsedTable): boolean => {
  const { split } = dataSettings(data);
  return !table.files && split !== 'column' && !(split === 'auto' && table.split);
};

/** What may give a split the labels that it lacks; null where a seed draws the rows. */
export const remedyOfSplit = ({ data }: SourceRequest, table: ParsedTable): string | null => {
  const { split } = dataSettings(data);
  return splitRemedy(split, table.files !== undefined || (split === 'auto' && table.split !== undefined));
};

/** Why the splits are too small to train on; sizes of random and stratified ones are checked earlier. */
export function checkSplitSizes(request: SourceRequest, table: ParsedTable, selection: Selection): Issue[] {
  const { split: kind } = dataSettings(request.data);
  if (isByFractions(request, table) && !isColumnSplit(kind)) return [];
  const { split } = splitTable(request, table, selection);
  if (PARTS.every((part) => split[part].length >= MIN_ROWS)) return [];
  return [
    {
      path: 'data.params.split',
      expected: `at least ${MIN_ROWS} rows in each split`,
      got: `${split.train.length} training, ${split.validation.length} validation, ${split.test.length} test rows of ${selection.rows.length}`,
      remedy:
        kind === 'group'
          ? 'Use a column with more and smaller groups, or other fractions.'
          : `Use ${table.files && drawnSplits(table).length === 0 ? 'files with' : 'another split, or'} more rows.`,
    },
  ];
}

/** @param partAt - 0, 1 or 2, by row of the file */
function given(rows: readonly number[], partAt: (row: number) => number): Split {
  const positions: number[][] = [[], [], []];
  rows.forEach((row, position) => {
    positions[partAt(row)]?.push(position);
  });
  return splitOfParts(positions);
}

const splitOfParts = ([train = [], validation = [], test = []]: number[][]): Split => ({
  train: Uint32Array.from(train),
  validation: Uint32Array.from(validation),
  test: Uint32Array.from(test),
});

/** The earliest rows train, the latest test; rows of one time stay together. */
function byTime(column: Column, rows: readonly number[], sizes: SplitSizes): Split {
  const time = (position: number) => column.numbers[rows[position] as number] as number;
  const order = Array.from(rows, (_, position) => position).sort((a, b) => time(a) - time(b) || a - b);
  const cut = (wanted: number) => {
    let at = wanted;
    while (at < order.length && time(order[at] as number) === time(order[at - 1] as number)) at++;
    return at;
  };
  const [first, second] = [cut(sizes.train), cut(sizes.train + sizes.validation)];
  return splitOfParts([order.slice(0, first), order.slice(first, second), order.slice(second)]);
}

/** Groups in a seeded order, each to the split that lacks most of its rows. */
function byGroup({ data }: SourceRequest, column: Column, rows: readonly number[], sizes: SplitSizes): Split {
  const groups = new Map<number, number[]>();
  const keys = column.kind === 'categorical' ? column.codes : column.numbers;
  rows.forEach((row, position) => {
    const key = keys[row] as number;
    const group = groups.get(key);
    if (group) group.push(position);
    else groups.set(key, [position]);
  });
  const { seed } = settingsOf(splitParams, data);
  const members = [...groups.values()];
  const shuffled = rng(seed, 'data/split').shuffle(Uint32Array.from(members, (_, i) => i));
  const order = Array.from(shuffled, (i) => members[i] as number[]);
  const wanted = PARTS.map((part) => sizes[part]);
  const parts: number[][] = [[], [], []];
  const lack = (k: number) =>
    wanted[k] === 0 ? Number.NEGATIVE_INFINITY : 1 - (parts[k]?.length ?? 0) / (wanted[k] as number);
  // Large groups first, so that small ones even out what they leave.
  for (const group of order.sort((a, b) => b.length - a.length)) {
    const k = [0, 1, 2].reduce((best, next) => (lack(next) > lack(best) ? next : best));
    parts[k]?.push(...group);
  }
  return splitOfParts(parts);
}

function stratified(
  request: SourceRequest,
  { rows, targets }: Rows,
  sizes: SplitSizes,
): { split: Split; notes: Note[] } {
  const strata = strataFor(request, rows, targets, sizes);
  const split = splitRows(rows.length, request.data, strata, sizes);
  if (strata?.by !== 'rarest') return { split, notes: [] };
  const note = {
    code: 'stratified-by-rarest-class',
    text: 'Some combinations of classes have fewer rows than there are splits, or there are more combinations than rows in a split: the splits are stratified by the rarest class of each row.',
  };
  return { split, notes: [note] };
}

function strataFor(
  { data }: SourceRequest,
  rows: readonly number[],
  targets: Selection['targets'],
  sizes: SplitSizes,
): Strata | undefined {
  if (data.split === 'random') return undefined;
  const labels = targets.flatMap(({ column, classes }) => {
    const isPartial = rows.some((row) => isMissing(column, row));
    if (!classes && !isPartial) return [];
    // For regression targets, strata spread labelled rows evenly. A missing class is a class of its own.
    const codes = classes ? classCodes(column) : null;
    return [Int32Array.from(rows, (row) => codes?.[row] ?? (isMissing(column, row) ? 0 : 1))];
  });
  return strataOf(rows.length, labels, Math.min(...Object.values(sizes).filter((size) => size > 0)));
}
