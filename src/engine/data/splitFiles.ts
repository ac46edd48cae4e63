// Splits that have files of their own: their rows are read as those of the table were, and stand behind them. Columns, types
// and cells that do not fit those of the table are refused, each with the file that it stands in.
import { formatTypedName } from '../config/names.ts';
import type { Params } from '../config/params.ts';
import { SPLIT_FILES, type SplitFile, type SplitWithFile, type TableInput } from '../config/tableInput.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import { type Column, describeCells, MAX_CLASSES, NO_CELLS, type ParsedTable } from './columns.ts';
import { formatDate } from './dates.ts';
import { distinctNumbers } from './distinctNumbers.ts';
import type { DroppedLines, LayoutSettings } from './formats/format.ts';
import { plain, refuse } from './formats/limits.ts';
import type { ColumnType, ReadingSettings } from './reading.ts';
import { SPLIT_LABELS } from './splitNotes.ts';

export interface SplitTable {
  split: SplitWithFile;
  table: ParsedTable;
}

const NUMBER_OF = { train: 0, validation: 1, test: 2 } as const;
const NAMED = 8;
const listed = (names: readonly string[]) =>
  names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');

/**
 * The files that the settings name.
 * @throws WorkbenchError (file) where one is not there
 */
export function splitFilesOf(
  { splits = {} }: TableInput,
  data: Params,
): (SplitFile & { split: SplitWithFile })[] {
  return (Object.keys(SPLIT_FILES) as SplitWithFile[]).flatMap((split) => {
    const name = data[SPLIT_FILES[split]];
    if (typeof name !== 'string' || name === '') return [];
    const file = splits[split];
    if (file?.name === name) return [{ split, ...file }];
    throw refuse(
      `data.params.${SPLIT_FILES[split]}`,
      `the contents of ${name}`,
      file ? file.name : 'nothing',
      `Choose the ${SPLIT_LABELS[split]} file again under Data, name it with --${split}-data, or leave it out to draw this split from the table.`,
    );
  });
}

/** The settings that read other files as the table was read: each column with the type, and the notation, that it has there. */
export function readLike({ columns, firstRow }: ParsedTable, settings: ReadingSettings): ReadingSettings {
  const types = new Map(settings.types);
  for (const { name, kind, readAs } of columns)
    if (!types.has(name)) types.set(name, readAs ?? (kind satisfies ColumnType));
  const header: LayoutSettings['header'] = firstRow === null ? 'present' : 'none';
  const layout = settings.layout.header === 'auto' ? { ...settings.layout, header } : settings.layout;
  return { ...settings, layout, types };
}

/**
 * The table with the rows of the others behind its own, and which split they are.
 * @throws WorkbenchError (file) that lists what differs
 */
export function joinSplits(
  table: ParsedTable,
  others: readonly SplitTable[],
  { types, layout }: ReadingSettings,
): ParsedTable {
  const owner = [table, ...others.map((other) => other.table)].find((t) => t.split);
  if (owner)
    throw refuse(
      owner.name,
      'a table without splits of its own beside files for splits',
      'training, validation and test rows in one file',
      'Leave the files for splits out, or give a file without splits.',
    );
  const isIgnored = (name: string) => types.get(name) === 'ignore';
  const issues = others.flatMap((other) => differences(table, other.table, isIgnored));
  if (issues.length > 0)
    throw new WorkbenchError(
      'file',
      issues.map((i) => `${i.path}: expected ${i.expected}, got ${i.got}. ${i.remedy}`).join('\n'),
      issues,
    );
  const files: NonNullable<ParsedTable['files']> = [
    { name: table.name, split: 'train', rows: table.rows },
    ...others.map((other) => ({ name: other.table.name, split: other.split, rows: other.table.rows })),
  ];
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const split = new Uint8Array(rows);
  let at = 0;
  for (const file of files) {
    split.fill(NUMBER_OF[file.split], at, at + file.rows);
    at += file.rows;
  }
  return {
    ...table,
    rows,
    split,
    files,
    columns: table.columns.map((column) => {
      const parts = [column, ...others.map((other) => partOf(column, other.table))];
      const names = files.map((file) => file.name);
      return { ...joined(parts), reason: reasonOf(parts, names) };
    }),
    dropped: [table, ...others.map((other) => other.table)].flatMap(({ name, dropped }) =>
      dropped.map((lines): DroppedLines => ({ ...lines, file: name })),
    ),
    notes: [
      ...table.notes,
      ...sampleNotes(files, layout),
      ...others.flatMap(({ table: { name, notes } }) =>
        notes.map((note) => ({ ...note, text: `${name}: ${note.text}` })),
      ),
    ],
  };
}

/** That each file gives a sample of its own. */
function sampleNotes(
  files: readonly { name: string }[],
  { sample, sampleRows }: LayoutSettings,
): ParsedTable['notes'] {
  if (sample === 'all') return [];
  const names = files.map(({ name }) => name).join(', ');
  const text = `data.sample=${sample} reads at most ${plain(sampleRows)} rows of each file by itself: ${names}. The files keep no proportion to each other.`;
  return [{ code: 'sample-of-each-file', text }];
}

const columnOf = ({ columns }: ParsedTable, name: string) => columns.find((column) => column.name === name);

/** Without a value where the file lacks the column, or has it as another type: only one that is ignored comes so far. */
function partOf(column: Column, table: ParsedTable): Column {
  const there = columnOf(table, column.name);
  if (there?.kind === column.kind) return there;
  const [numbers, codes] = [new Float64Array(0), new Int32Array(0)];
  const none = { numbers, codes, values: [], markers: [], texts: NO_CELLS, beyond: NO_CELLS };
  return { ...column, ...none, rows: table.rows, missing: table.rows };
}

/** Names, types and cells in which a file differs from the table. */
function differences(table: ParsedTable, other: ParsedTable, isIgnored: (name: string) => boolean): Issue[] {
  const names = (of: ParsedTable) => of.columns.map((column) => column.name);
  const without = (of: ParsedTable, wanted: readonly string[]) =>
    wanted.filter((name) => !isIgnored(name) && !columnOf(of, name));
  const [lacking, more] = [without(other, names(table)), without(table, names(other))];
  const issues: Issue[] = [];
  if (lacking.length > 0)
    issues.push({
      path: other.name,
      expected: `the columns of ${table.name}, ${listed(lacking)} among them`,
      got: `${listed(names(other))}`,
      remedy: `Add what is missing: targets too must stand in each file. Or leave it out of both with data.types=${formatTypedName(lacking[0] as string, 'ignore')}.`,
    });
  if (more.length > 0)
    issues.push({
      path: other.name,
      expected: `no columns but those of ${table.name}`,
      got: `${listed(more)} beside them`,
      remedy: `Remove what is too much, or add it to ${table.name}.`,
    });
  for (const column of table.columns) {
    const there = columnOf(other, column.name);
    if (there && !isIgnored(column.name)) issues.push(...cellIssues(column, there, table.name, other.name));
  }
  return issues;
}

const KINDS = { numeric: 'numbers', date: 'dates', categorical: 'categories' } as const;

function cellIssues(column: Column, there: Column, table: string, file: string): Issue[] {
  const { name, kind } = column;
  const place = (line: number | undefined, unit = 'line') => `${file}, ${unit} ${line}, column ${name}`;
  const remedy = `Correct the cell, or count it as missing with data.missingMarkers.`;
  const issues: Issue[] = [];
  if (kind !== 'categorical' && there.texts.count > 0)
    issues.push({
      path: place(there.texts.first[0]?.line, there.texts.unit),
      expected: `${KINDS[kind]}, as in ${table}`,
      got: describeCells(there.texts),
      remedy,
    });
  if (there.beyond.count > column.beyond.count)
    issues.push({
      path: place(there.beyond.first[0]?.line, there.beyond.unit),
      expected: 'numbers that float32 can hold',
      got: describeCells(there.beyond),
      remedy,
    });
  // A type that no setting could bring about: dates of a typed file where the table has numbers, say.
  if (there.kind !== kind && there.distinct > 0)
    issues.push({
      path: `${file}, column ${name}`,
      expected: `${KINDS[kind]}, as in ${table}`,
      got: KINDS[there.kind],
      remedy: `Write the column alike in both files, or set data.types to ${formatTypedName(name, 'categorical')}.`,
    });
  return issues;
}

/** The reason for the type, which the first file decides, with the cells of the others that were read alike. */
function reasonOf([first, ...others]: readonly Column[], [table, ...files]: readonly string[]): string {
  if (!first || first.isAsked) return first?.reason ?? '';
  const alike = others.map(({ rows, missing }, i) => `${plain(rows - missing)} of ${files[i]}`);
  return `${first.reason}, in ${table}; cells read alike: ${alike.join(', ')}`;
}

/** The cells of one column, file after file. */
function joined(parts: readonly Column[]): Column {
  // Lines are those of one file.
  const { firstPlaces: _, ...first } = parts[0] as Column;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const counts = new Map<string, number>();
  for (const { markers } of parts)
    for (const { text, count } of markers) counts.set(text, (counts.get(text) ?? 0) + count);
  const facts = {
    ...first,
    rows,
    missing: parts.reduce((sum, part) => sum + part.missing, 0),
    markers: [...counts].map(([text, count]) => ({ text, count })),
    texts: { ...first.texts, count: parts.reduce((sum, part) => sum + part.texts.count, 0) },
    beyond: { ...first.beyond, count: parts.reduce((sum, part) => sum + part.beyond.count, 0) },
  };
  if (first.kind === 'categorical') {
    const values = [...new Set(parts.flatMap((part) => part.values))].sort();
    const codeOf = new Map(values.map((value, code) => [value, code]));
    const codes = new Int32Array(rows);
    let at = 0;
    for (const part of parts) {
      const own = part.values.map((value) => codeOf.get(value) as number);
      for (let row = 0; row < part.rows; row++) codes[at++] = own[part.codes[row] as number] ?? -1;
    }
    return { ...facts, codes, values, distinct: values.length };
  }
  const numbers = new Float64Array(rows).fill(Number.NaN);
  let at = 0;
  for (const part of parts) {
    // Empty where it has no value at all, and so no type.
    numbers.set(part.numbers, at);
    at += part.rows;
  }
  const distinct = distinctNumbers(numbers);
  return {
    ...facts,
    numbers,
    distinct: distinct.count,
    values: distinct.smallest.slice(0, MAX_CLASSES).map(first.kind === 'date' ? formatDate : String),
  };
}

/** `test.csv, row 4`: a row of a table that may be joined of several files. */
export function placeOfRow({ name, files = [] }: Pick<ParsedTable, 'name' | 'files'>, row: number): string {
  let before = 0;
  for (const file of files) {
    if (row < before + file.rows) return `${file.name}, row ${row - before + 1}`;
    before += file.rows;
  }
  return `${name}, row ${row + 1}`;
}
