// JSON in the forms that pandas and other tools write: a list of objects, an object per line, rows with a list of names, or a
// list per column. Nested objects become columns such as `place.city`.
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import { readText } from './decode.ts';
import { FILE_LIMITS, type FileFormat, type LayoutSettings, type TableReader } from './format.ts';
import { checkLimits, plain, refuse } from './limits.ts';
import { countOf, filledLines } from './lines.ts';
import { type CellValue, columnOfValues, messageOf } from './values.ts';

type Row = Record<string, CellValue>;
interface Rows {
  rows: Row[];
  /** Line of each row; null if the file is a single JSON value. */
  lines: number[] | null;
}

const MAX_DEPTH = 5;
const EXPECTED =
  'a table as JSON: a list of objects, an object per line, {"columns": [...], "data": [[...]]}, or a list per column';

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const { text, notes } = await readText(blob, name, progress, settings.encoding);
  const safe = readable(text, notes);
  checkValues(safe, name);
  const { rows, lines } = rowsOf(safe, name);
  if (rows.length === 0) throw refuse(name, 'at least one row', 'none', 'Choose a file with rows.');
  const columns = flattened(rows, notes, name);
  const lineAt = lines ? (row: number) => lines[row] ?? 0 : undefined;
  return {
    schema: () => ({
      columns: [...columns.keys()],
      rows: rows.length,
      firstRow: null,
      hasSemicolons: false,
      notes,
    }),
    async column(column) {
      return columnOfValues(column, columns.get(column) ?? [], { isTextFinal: false, lineAt });
    },
  };
}

/** Lists and objects of a table: rows, and what they hold. */
const MAX_NESTED = 10 * FILE_LIMITS.rows;
const MAX_COMMAS = FILE_LIMITS.cells + MAX_NESTED;

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

/**
 * Replaces Python's NaN and Infinity, which are not JSON, and quotes integers of more than 15 digits, which parsing would
 * round.
 */
function readable(text: string, notes: Note[]): string {
  if (!/NaN|Infinity|\d{16}/.test(text)) return text;
  const counts = { missing: 0, digits: 0 };
  const changed = text.replace(
    /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g,
    (found) => {
      if (found.startsWith('"')) return found;
      if (found === 'NaN') {
        counts.missing++;
        return 'null';
      }
      if (found.endsWith('Infinity')) return found.startsWith('-') ? '-1e999' : '1e999';
      if (Number.isSafeInteger(Number(found))) return found;
      counts.digits++;
      return `"${found}"`;
    },
  );
  if (counts.missing > 0)
    notes.push({
      code: 'nan-is-missing',
      text: `NaN, which is no JSON, is missing in ${plain(counts.missing)} places.`,
    });
  if (counts.digits > 0)
    notes.push({
      code: 'digits-kept-as-text',
      text: `${plain(counts.digits)} whole numbers have more digits than numbers keep, and are read as text.`,
    });
  return changed;
}

function rowsOf(text: string, name: string): Rows {
  const first = text.trimStart();
  const isWhole = first.startsWith('[') && !/^\s*\[[^\n]*\]\s*\n\s*\[/.test(text);
  if (!isWhole) {
    const top = filledLines(text, name).next();
    if (!top.done && isJson(top.value.line)) return perLine(text, name);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = Number(/position (\d+)/.exec(messageOf(error))?.[1] ?? Number.NaN);
    const line = 1 + countOf(text, '\n', Number.isNaN(at) ? text.length : at);
    throw refuse(
      `${name}, line ${line}`,
      EXPECTED,
      messageOf(error),
      'Correct the file, or write it again: it may be cut off.',
    );
  }
  return { rows: rowsOfValue(value, name), lines: null };
}

function isJson(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function perLine(text: string, name: string): Rows {
  const values: unknown[] = [];
  const numbers: number[] = [];
  for (const { line, number } of filledLines(text, name)) {
    checkLimits(0, values.length, name);
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      const got = `${messageOf(error)} in ${JSON.stringify(line.slice(0, 40))}`;
      throw refuse(`${name}, line ${number}`, 'an object as JSON', got, 'Correct the line, or remove it.');
    }
    numbers.push(number);
  }
  // A single line may be the whole file.
  if (values.length === 1) return { rows: rowsOfValue(values[0], name), lines: null };
  const [head, ...below] = values;
  if (Array.isArray(head)) return { rows: fromArrays(head, below, name), lines: numbers.slice(1) };
  return {
    rows: values.map((value, i) => requireObject(value, `${name}, line ${numbers[i]}`)),
    lines: numbers,
  };
}

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function requireObject(value: unknown, place: string): Row {
  if (isObject(value)) return value;
  const got = Array.isArray(value) ? 'a list' : (JSON.stringify(value) ?? 'nothing');
  throw refuse(
    place,
    'an object with a value per column',
    got.slice(0, 60),
    'Write each row as {"column": value, ...}.',
  );
}

function rowsOfValue(value: unknown, name: string): Row[] {
  if (Array.isArray(value)) {
    const [head, ...below] = value;
    if (Array.isArray(head)) return fromArrays(head, below, name);
    return value.map((row, i) => requireObject(row, `${name}, row ${i + 1}`));
  }
  if (!isObject(value)) throw refuse(name, EXPECTED, typeof value, 'Write the table in one of these forms.');
  const { columns, data } = value as { columns?: unknown; data?: unknown };
  if (Array.isArray(columns) && Array.isArray(data)) return fromArrays(columns, data, name);
  if (Array.isArray(data) && data.length > 0) return rowsOfValue(data, name);
  const lists = Object.entries(value).filter(([, list]) => typeof list === 'object' && list !== null);
  if (lists.length === 0) return [value];
  if (lists.length < Object.keys(value).length || lists.some(([, list]) => !isColumn(list)))
    throw refuse(
      name,
      EXPECTED,
      `an object with ${Object.keys(value).slice(0, 5).join(', ')}`,
      'Write the table in one of these forms.',
    );
  return fromColumns(lists as [string, object][], name);
}

const isColumn = (list: unknown) =>
  Array.isArray(list) ||
  Object.values(list as object).every((cell) => typeof cell !== 'object' || cell === null);

function fromColumns(lists: readonly [string, object][], name: string): Row[] {
  const keys = Object.keys(lists[0]?.[1] ?? {});
  for (const [column, list] of lists) {
    const count = Object.keys(list).length;
    if (count !== keys.length)
      throw refuse(
        `${name}, column ${column}`,
        `${keys.length} values, as in ${lists[0]?.[0]}`,
        String(count),
        'Write a value per row in each column.',
      );
  }
  return keys.map((key) => Object.fromEntries(lists.map(([column, list]) => [column, (list as Row)[key]])));
}

function fromArrays(head: readonly unknown[], below: readonly unknown[], name: string): Row[] {
  const areNames = head.every((cell) => typeof cell === 'string');
  const names = areNames ? head.map(String) : head.map((_, i) => `column ${i + 1}`);
  checkLimits(names.length, below.length, name);
  if (new Set(names).size < names.length)
    throw refuse(
      name,
      'a name per column',
      `"${names.find((n, i) => names.indexOf(n) < i)}" twice`,
      'Rename one of them.',
    );
  return (areNames ? below : [head, ...below]).map((row, i) => {
    if (!Array.isArray(row) || row.length !== names.length) {
      const got = Array.isArray(row) ? String(row.length) : typeof row;
      throw refuse(
        `${name}, row ${i + 1}`,
        `a list of ${names.length} values`,
        got,
        'Write a value per column in each row.',
      );
    }
    return Object.fromEntries(names.map((column, c) => [column, row[c] as CellValue]));
  });
}

/** Columns in the order in which their names first appear. */
function flattened(rows: readonly Row[], notes: Note[], file: string): Map<string, CellValue[]> {
  const columns = new Map<string, CellValue[]>();
  const nested = new Set<string>();
  const lists = new Set<string>();
  const put = (name: string, value: CellValue, row: number, depth: number): void => {
    if (isObject(value) && depth < MAX_DEPTH && !(value instanceof Date)) {
      nested.add(name);
      for (const [key, inner] of Object.entries(value))
        put(`${name}.${key}`, inner as CellValue, row, depth + 1);
      return;
    }
    if (typeof value === 'object' && value !== null) lists.add(name);
    let column = columns.get(name);
    if (!column) {
      column = [];
      columns.set(name, column);
      // Each column takes one element per row, with or without a value.
      checkLimits(columns.size, rows.length, file);
    }
    column[row] = value;
  };
  for (const [row, cells] of rows.entries())
    for (const [key, value] of Object.entries(cells)) put(key.trim() || 'column', value, row, 0);
  for (const column of columns.values()) column.length = rows.length;
  if (nested.size > 0)
    notes.push({
      code: 'objects-flattened',
      text: `Objects in ${[...nested].slice(0, 5).join(', ')} become columns of their own.`,
    });
  if (lists.size > 0)
    notes.push({
      code: 'lists-as-text',
      text: `Lists in ${[...lists].slice(0, 5).join(', ')} are read as text.`,
    });
  const absent = [...columns].map(([name, cells]) => ({
    name,
    count: cells.reduce((n: number, cell) => n + (cell === undefined ? 0 : 1), 0),
  }));
  const partly = absent.filter(({ count }) => count < rows.length);
  if (partly.length > 0)
    notes.push({
      code: 'keys-absent',
      text: `${partly
        .slice(0, 5)
        .map(({ name, count }) => `${name} stands in ${plain(count)}`)
        .join(', ')} of ${plain(rows.length)} rows: it is missing in the others.`,
    });
  return columns;
}

export const json: FileFormat = {
  id: 'json',
  label: 'JSON',
  summary: 'JSON: a list of objects, or an object per line',
  extensions: ['.json', '.jsonl', '.ndjson'],
  open,
};
