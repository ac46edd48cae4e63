// Tables as one JSON value, in the forms that pandas writes: rows below a list of names, a list or an object of values per column,
// rows by their numbers.
import { clip } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import { FILE_LIMITS } from './format.ts';
import { isObject, type JsonRow } from './jsonColumns.ts';
import { faultAt } from './jsonFault.ts';
import { JSON_TABLE } from './jsonPieces.ts';
import { type JsonRows, notesOf, readable } from './jsonRows.ts';
import { checkLimits, plain, refuse } from './limits.ts';
import { countOf } from './lines.ts';
import { messageOf } from './values.ts';

/** Lists and objects of a table: rows, and what they hold. */
const MAX_NESTED = 10 * FILE_LIMITS.rows;
const MAX_COMMAS = FILE_LIMITS.cells + MAX_NESTED;
const SHOWN_KEYS = 5;
const IN_A_FORM = 'Write the table in one of these forms.';
/** Endings that say that each line is a row, so that one line is a table of one row. */
const LINES_ENDING = /\.(jsonl|ndjson)$/i;

/**
 * @param firstLine - of the file, on which the text begins
 * @throws WorkbenchError (file)
 */
export function readWhole(text: string, name: string, rows: JsonRows, notes: Note[], firstLine = 1): void {
  checkValues(text, name);
  const counts = { missing: 0, digits: 0 };
  let value: unknown;
  try {
    value = JSON.parse(readable(text, counts));
  } catch (error) {
    const parsed = readable(text, counts);
    const line = firstLine + countOf(parsed, '\n', faultAt(parsed));
    throw refuse(
      `${name}, line ${line}`,
      JSON_TABLE,
      messageOf(error),
      'Correct the file, or write it again: it may be cut off.',
    );
  }
  notes.push(...notesOf(counts));
  rows.columns.repeats.look(text, value, firstLine);
  takeValue(value, name, rows, notes);
}

/** A value is behind a comma or a bracket, and more of them than memory holds would end the process, not the reading. */
function checkValues(text: string, name: string): void {
  const check = (signs: readonly string[], limit: number, what: string) => {
    // Fewer characters than that hold fewer of them.
    if (text.length <= limit) return;
    const count = signs.reduce((sum, sign) => sum + countOf(text, sign), 0);
    if (count > limit)
      throw refuse(
        name,
        `at most ${plain(limit)} ${what}`,
        plain(count),
        'Use a part of the rows or columns.',
      );
  };
  check(['[', '{'], MAX_NESTED, 'lists and objects');
  check([','], MAX_COMMAS, 'commas');
}

function takeValue(value: unknown, name: string, rows: JsonRows, notes: Note[]): void {
  if (Array.isArray(value)) {
    for (const row of value) rows.take(row, null);
    return;
  }
  if (!isObject(value)) throw refuse(name, JSON_TABLE, typeof value, IN_A_FORM);
  const { columns, data, index } = value as { columns?: unknown; data?: unknown; index?: unknown };
  if (Array.isArray(data) && (Array.isArray(columns) || data.length > 0)) {
    if (Array.isArray(columns)) rows.setNames(columns.map(String));
    if (Array.isArray(index)) noteRowNames(index, notes);
    takeValue(data, name, rows, notes);
    return;
  }
  const parts = Object.entries(value);
  const lists = parts.filter((part): part is [string, JsonRow] => isColumn(part[1]));
  if (lists.length === parts.length && lists.length > 0) takeLists(lists, name, rows, notes);
  else if (lists.length === 0 && parts.length > 0 && LINES_ENDING.test(name)) rows.take(value, null);
  else throw noTable(parts, lists.length, name);
}

/** The error for an object that is no table: the only row of one, or anything else, such as settings. */
function noTable(parts: readonly [string, unknown][], lists: number, name: string) {
  if (parts.length === 0) return refuse(name, JSON_TABLE, 'an object without values', IN_A_FORM);
  const keys = parts.slice(0, SHOWN_KEYS).map(([key]) => key);
  const more = parts.length > keys.length ? ` and ${parts.length - keys.length} more` : '';
  const rows = parts.find(([, value]) => Array.isArray(value) && value.length > 0 && value.every(isObject));
  const remedy = rows
    ? `Its "${clip(rows[0])}" is a list of objects: write that list into a file of its own.`
    : lists === 0
      ? 'Put brackets around it if it is the only row: [{...}].'
      : IN_A_FORM;
  return refuse(name, JSON_TABLE, `one object with ${keys.join(', ')}${more}`, remedy);
}

function takeLists(lists: readonly [string, JsonRow][], name: string, rows: JsonRows, notes: Note[]): void {
  if (!areRowsByNumber(lists)) {
    takeColumns(lists, name, rows, notes);
    return;
  }
  notes.push({
    code: 'rows-by-number',
    text: `The keys of the outer object are numbers and those of the inner ones are not: ${plain(lists.length)} rows by their numbers, which are left out.`,
  });
  for (const [, row] of lists) rows.take(row, null);
}

/** Whether a value can be a column: a list, or an object with a value per row. */
const isColumn = (list: unknown): boolean =>
  Array.isArray(list) ||
  (isObject(list) && Object.values(list).every((cell) => typeof cell !== 'object' || cell === null));

const isNumber = (key: string) => /^\d+$/.test(key);

/** `{"0": {"a": 1}, "1": {"a": 2}}`; objects by numbers on both levels are columns, as pandas writes them by default. */
const areRowsByNumber = (lists: readonly (readonly [string, object])[]) =>
  lists.every(
    ([key, row]) =>
      isNumber(key) && !Array.isArray(row) && Object.keys(row).some((inner) => !isNumber(inner)),
  );

/** Names of rows say what no column says, unless they count the rows. */
function noteRowNames(names: readonly unknown[], notes: Note[]): void {
  if (names.every((name, row) => String(name) === String(row))) return;
  notes.push({
    code: 'row-names-left-out',
    text: `The rows have names, such as "${clip(String(names[0]))}", which are left out; write them as a column to keep them.`,
  });
}

function takeColumns(lists: readonly [string, JsonRow][], name: string, rows: JsonRows, notes: Note[]): void {
  const keys = Object.keys(lists[0]?.[1] ?? {});
  checkLimits(lists.length, keys.length, name);
  for (const [column, list] of lists) {
    const count = Object.keys(list).length;
    if (count !== keys.length)
      throw refuse(
        `${name}, column ${column}`,
        `${keys.length} values, as in ${lists[0]?.[0]}`,
        String(count),
        'Write a value per row in each column.',
      );
    const missing = keys.find((key) => !Object.hasOwn(list, key));
    if (missing !== undefined)
      throw refuse(
        `${name}, column ${column}`,
        `a value for each row of ${lists[0]?.[0]}`,
        `none for "${clip(missing)}"`,
        'Write a value per row in each column.',
      );
  }
  // Those of lists count the rows.
  noteRowNames(keys, notes);
  for (const key of keys)
    rows.take(Object.fromEntries(lists.map(([column, list]) => [column, list[key]])), null);
}
