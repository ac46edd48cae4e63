// How a table is read, column by column, with the reason for each decision: printed by the command line and shown by the page
// before targets are chosen. Plain data.

import { knownTable } from '../config/knownTables.ts';
import { formatTypedName } from '../config/names.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import { type Note, shortNote } from '../core/notes.ts';
import { type Column, describeCells, MAX_CLASSES, type ParsedTable } from './columns.ts';
import { findCopies } from './copies.ts';
import { formatDate } from './dates.ts';
import { fitColumn } from './encode.ts';
import type { DroppedLines } from './formats/format.ts';
import { countsRows, reasonToLeaveOut, withoutIgnored } from './leftOut.ts';
import { type ProgressSink, UNWATCHED } from './progress.ts';
import { sentinelNotes } from './sentinels.ts';
import { parseTable } from './tableFile.ts';
import { ignoredNames } from './tableParams.ts';
import { unixTimeNotes } from './unixTimeNotes.ts';

export interface ColumnInspection {
  name: string;
  type: 'numeric' | 'categorical' | 'date' | 'ignored';
  reason: string;
  /** Different values, without missing. */
  distinct: number;
  missing: number;
  /** Texts taken for missing; empty cells are not listed. */
  markers: string[];
  /** Numbers, or dates as ISO 8601; null for categories and if no value is finite. */
  min: number | string | null;
  max: number | string | null;
  /** Mean of the finite numbers. */
  mean: number | null;
  examples: string[];
}

export interface TableInspection {
  format: string;
  rows: number;
  dropped: DroppedLines[];
  notes: Note[];
  columns: ColumnInspection[];
}

const EXAMPLES = 5;

/** @throws WorkbenchError (file), and what `progress` throws */
export async function inspectFile(
  file: TableInput,
  data: Params = {},
  progress: ProgressSink = UNWATCHED,
): Promise<TableInspection> {
  return inspectTable(await parseTable(file, data, progress), data);
}

/** @param data - settings of a table source; only `ignore` is used, the table was read with the others */
export function inspectTable(table: ParsedTable, data: Params = {}): TableInspection {
  const ofTypes = table.columns.filter((column) => column.isIgnored).map(({ name }) => name);
  const ignored = new Set([...ofTypes, ...(data.ignore === undefined ? [] : (ignoredNames(data) ?? []))]);
  const seen = table.columns.map((column) => inspectColumn(column, ignored));
  return {
    format: table.format,
    rows: table.rows,
    dropped: [...table.dropped],
    notes: [
      ...knownNotes(table),
      ...withoutIgnored(table.notes, ignored),
      ...seen.flatMap(({ notes }) => notes).map(shortNote),
      ...copyNotes(table.columns).map(shortNote),
    ],
    columns: seen.map(({ column }) => column),
  };
}

function knownNotes({ columns }: ParsedTable): Note[] {
  const known = knownTable(columns);
  if (!known) return [];
  const text = `These are the columns of ${known.label}: run without targets, or the button beside the file, takes the paper's settings. ${known.summary}`;
  return [{ code: 'known-table', text }];
}

function inspectColumn(
  column: Column,
  ignored: ReadonlySet<string>,
): { column: ColumnInspection; notes: Note[] } {
  const { name, kind, distinct, missing, markers } = column;
  const asked = ignored.has(name);
  const left = asked ? null : reasonToLeaveOut(column);
  const inspection: ColumnInspection = {
    name,
    type: asked || left ? 'ignored' : kind,
    reason: asked ? 'left out as asked' : (left?.reason ?? column.reason),
    distinct,
    missing,
    markers: markers.map(({ text }) => text),
    ...rangeOf(column),
    examples: column.values.slice(0, EXAMPLES),
  };
  if (asked) return { column: inspection, notes: [] };
  const own = left ? [{ code: left.code, text: left.text, column: name }] : flagsOf(column);
  const notes = [...own, ...unixTimeNotes(column), ...sentinelNotes(column)];
  return { column: inspection, notes };
}

function rangeOf({ kind, numbers }: Column): Pick<ColumnInspection, 'min' | 'max' | 'mean'> {
  const none = { min: null, max: null, mean: null };
  if (kind === 'categorical') return none;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return none;
  if (kind === 'date') return { min: formatDate(min), max: formatDate(max), mean: null };
  const finite = numbers.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const { scaling } = fitColumn(
    finite,
    Uint32Array.from(finite, (_, row) => row),
  );
  return { min, max, mean: scaling.mean };
}

/** Notes on what the user should check. */
function flagsOf(column: Column): Note[] {
  const { name, kind, distinct, beyond, texts, isAsked } = column;
  const notes: Note[] = [];
  const flag = (code: string, text: string) => notes.push({ code, column: name, text });
  if (beyond.count > 0)
    flag(
      'numbers-beyond-float32',
      `Column ${name} holds numbers that float32 cannot, ${describeCells(beyond)}: correct them, or count them as missing with data.missingMarkers.`,
    );
  if (isAsked && kind !== 'categorical' && texts.count > 0)
    flag(
      'cells-do-not-fit-type',
      `Column ${name} was asked to be ${kind}, and holds ${describeCells(texts)}.`,
    );
  if (!isAsked && countsRows(column))
    flag(
      'may-be-row-numbers',
      `Column ${name} goes up by one from row to row. If it only numbers the rows, leave it out with data.ignore.`,
    );
  const there = column.rows - column.missing;
  if (isMixed(column))
    flag(
      'mixed-types',
      `Column ${name} holds ${(there - texts.count).toLocaleString('en')} numbers beside texts such as ${describeCells(texts)}, and is read as categories.`,
    );
  if (kind === 'categorical' && distinct > MAX_CLASSES)
    flag(
      'many-categories',
      `Column ${name} has ${distinct.toLocaleString('en')} different texts: as a target it may have ${MAX_CLASSES}, as a feature each becomes a category; data.rareBelow merges rare ones, and ${formatTypedName(name, 'ignore')} in data.types leaves it out.`,
    );
  return notes;
}

/** Whether a column mixes numbers and texts; if nearly all are numbers, reading has already noted it. */
function isMixed({ kind, isAsked, texts, rows, missing }: Column): boolean {
  const there = rows - missing;
  const numbers = there - texts.count;
  return (
    kind === 'categorical' && !isAsked && texts.count > 0 && numbers >= 0.1 * there && numbers < 0.9 * there
  );
}

const HOW = {
  equal: 'is a copy of',
  line: 'is a near-copy of (a line through the values of)',
  renamed: 'says the same, under other names, as',
} as const;

/** Notes on copies: a copy of a target among the features leaks the answer. */
function copyNotes(columns: readonly Column[]): Note[] {
  return findCopies(columns).map(({ a, b, how }) => ({
    code: how === 'equal' ? 'duplicate-column' : 'near-copy',
    column: b.name,
    text: `Column ${b.name} ${HOW[how]} ${a.name}. Where one of them is a target, leave the other out with data.ignore: it gives the answer away.`,
  }));
}
