// Typed columns of a file become columns unchanged. The settings for text (decimal sign, missing markers, spellings) do not
// affect them; only another type in `data.types` makes them be read as text.
import type { Note } from '../core/notes.ts';
import { type CellsOfText, type Column, FIRST_CELLS, NO_CELLS } from './columns.ts';
import { formatDate } from './dates.ts';
import { distinctNumbers } from './distinctNumbers.ts';
import type { CodeColumn, NumberColumn, TextColumn } from './formats/format.ts';
import { plain } from './formats/limits.ts';
import { isDateType } from './readDates.ts';
import type { ColumnType } from './reading.ts';

export type TypedColumn = NumberColumn | CodeColumn;

/** Whether the type asked for is not the one that the column has; numbers and dates of a file have no notation. */
export function isOtherType(column: TypedColumn, asked: ColumnType | undefined): boolean {
  if (asked === undefined || asked === 'ignore') return false;
  if (column.kind === 'codes') return asked !== 'categorical';
  return asked === 'categorical' || (!column.areDates && isDateType(asked));
}

/** Dates are kept to the millisecond. */
export function cutDatesNote(column: TypedColumn): Note[] {
  if (column.kind !== 'numbers' || !column.cutDates) return [];
  const { name, cutDates } = column;
  const text = `Column ${name}: ${plain(cutDates)} of its dates have parts of a millisecond, which are cut off.`;
  return [{ code: 'dates-cut-to-milliseconds', column: name, text }];
}

const plainNumber = (value: number) => (Number.isNaN(value) ? '' : String(value));

/** The cells as text, to be read as another type. */
export function textOf(column: TypedColumn): TextColumn {
  const { kind, name } = column;
  const cells =
    kind === 'numbers'
      ? Array.from(column.values, column.areDates ? formatDate : plainNumber)
      : Array.from(column.codes, (code) => column.names[code] ?? '');
  return { kind: 'text', name, rows: cells.length, cells, padded: 0, lineAt: (row) => row + 1, unit: 'row' };
}

/** @param asked - by `data.types`: a type that it has, or of dates their milliseconds as numbers */
export function typedColumn(column: TypedColumn, asked: ColumnType | undefined): Column {
  const isAsked = asked !== undefined && asked !== 'ignore';
  if (column.kind === 'codes') return ofCodes(column, isAsked);
  if (!column.areDates || !isAsked || isDateType(asked)) return ofNumbers(column, isAsked);
  const type = `${column.type ?? 'dates'} as milliseconds since 1970`;
  return ofNumbers({ ...column, areDates: false, type }, isAsked);
}

function ofNumbers({ name, values, areDates, type }: NumberColumn, isAsked: boolean): Column {
  const distinct = distinctNumbers(values);
  return {
    name,
    kind: areDates ? 'date' : 'numeric',
    reason: `${areDates ? 'dates' : 'numbers'} in the file${type === undefined ? '' : ` (${type})`}`,
    markers: [],
    rows: values.length,
    missing: values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0),
    numbers: values,
    codes: new Int32Array(0),
    distinct: distinct.count,
    values: distinct.smallest.map(areDates ? formatDate : String),
    isAsked,
    texts: NO_CELLS,
    beyond: areDates ? NO_CELLS : beyondFloat32(values),
  };
}

function beyondFloat32(values: Float64Array): CellsOfText {
  const beyond: CellsOfText = { count: 0, first: [], unit: 'row' };
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value) || Number.isFinite(Math.fround(value))) continue;
    beyond.count++;
    const text = String(value);
    if (beyond.first.length < FIRST_CELLS && !beyond.first.some((cell) => cell.text === text))
      beyond.first.push({ text, line: row + 1 });
  }
  return beyond;
}

function ofCodes({ name, codes, names, type }: CodeColumn, isAsked: boolean): Column {
  const used = new Set(codes.filter((code) => names[code] !== undefined));
  const values = [...new Set(Array.from(used, (code) => names[code] as string))].sort();
  const codeOf = new Map(values.map((text, code) => [text, code]));
  const renumbered = names.map((text) => codeOf.get(text) ?? -1);
  const own = codes.map((code) => renumbered[code] ?? -1);
  return {
    name,
    kind: 'categorical',
    reason: `categories in the file${type === undefined ? '' : ` (${type})`}`,
    markers: [],
    rows: codes.length,
    missing: own.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0),
    numbers: new Float64Array(0),
    codes: own,
    distinct: values.length,
    values,
    isAsked,
    texts: NO_CELLS,
    beyond: NO_CELLS,
  };
}
