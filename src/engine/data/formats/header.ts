// Finds the record of a text file that names the columns, and what is above it: titles, comments, units of a logger. A first
// line that reads like the lines below it is not a header.
import { AUTO, missingRule } from '../missing.ts';
import { looksNumeric } from '../numbers.ts';

/** How many rows a line is compared with. */
const COMPARED = 200;
/** With fewer rows of numbers below, a line of words is not taken for units. */
const MIN_BELOW_UNITS = 3;
/** With fewer rows below, a class may well be the only one of its kind. */
const MIN_BELOW_CLASS = 8;
/** A text that recurs in this share of the rows below is a value, not a name. */
const MOSTLY = 0.9;
/** Lines that are the same again in at most this share of the rows below repeat the names, as where files were joined. */
const SELDOM = 0.2;

/** More padded lines on end are rows with empty cells. */
const MAX_TITLES = 20;

const filledCells = (record: readonly string[]) => record.filter((cell) => cell.trim() !== '').length;

const isValue = (text: string) => RULE?.(text) === 'value';
const RULE = missingRule(AUTO);

/** The non-empty cells of a column in the first rows. */
const valuesOf = (rows: readonly (readonly string[])[], c: number): string[] =>
  rows.slice(0, COMPARED).flatMap((row) => {
    const text = row[c]?.trim() ?? '';
    return isValue(text) ? [text] : [];
  });

/** What a line holds, judged by the lines below it. */
export type LineKind = 'names' | 'values' | 'unclear';

export function kindOfLine(line: readonly string[], rows: readonly (readonly string[])[]): LineKind {
  const below = withoutSame(line, rows);
  let isData = false;
  let isKnown = false;
  let isStrange = false;
  for (const [c, cell] of line.entries()) {
    const text = cell.trim();
    const column = valuesOf(below, c);
    if (text === '' || column.length === 0) continue;
    const isNumber = looksNumeric(text);
    const numbers = column.filter(looksNumeric).length;
    if (numbers >= MOSTLY * column.length) {
      // A word above numbers is a name, whatever the other columns hold.
      if (!isNumber && isValue(text)) return 'names';
      isData ||= isNumber;
    } else {
      isKnown ||= isRepeated(text, column);
      isStrange ||= isValue(text) && isNoneOfFew(text, column);
    }
  }
  if (!isData && !isKnown) return 'unclear';
  if (isSequence(line, below[0] ?? [])) return 'names';
  // Numbers may be names as well: a class that no other row has speaks for that.
  return isStrange && !isKnown ? 'unclear' : 'values';
}

/** Whether two lines have the same cells, up to blanks at their ends. */
export const areSame = (line: readonly string[], other: readonly string[]): boolean =>
  line.length === other.length && line.every((cell, c) => cell.trim() === other[c]?.trim());

/** The rows below a line without those that are the same again, where these are few enough to be names. */
function withoutSame(
  line: readonly string[],
  rows: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  // One name may be a value as well, and a number rather is one.
  if (line.length < 2 || line.some(looksNumeric)) return rows;
  const others = rows.filter((row) => !areSame(line, row));
  return rows.length - others.length <= SELDOM * rows.length ? others : rows;
}

/** Whether a line below the names holds units: words in every numeric column, of which there are at least two. */
export function isUnitsLine(line: readonly string[], below: readonly (readonly string[])[]): boolean {
  if (below.length < MIN_BELOW_UNITS) return false;
  let words = 0;
  for (const [c, cell] of line.entries()) {
    const column = valuesOf(below, c);
    const numbers = column.filter(looksNumeric).length;
    if (column.length === 0 || numbers < MOSTLY * column.length) continue;
    const text = cell.trim();
    if (looksNumeric(text)) return false;
    if (isValue(text)) words++;
  }
  return words >= 2;
}

/** Whether the text is one of the column's few values, such as a class. */
const isRepeated = (text: string, column: readonly string[]) =>
  column.includes(text) && new Set(column).size <= column.length / 2;

/** Whether the text is none of the column's values, each of which recurs. */
function isNoneOfFew(text: string, column: readonly string[]): boolean {
  if (column.length < MIN_BELOW_CLASS || column.includes(text)) return false;
  const counts = new Map<string, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].every((count) => count > 1);
}

/** Names such as 2019, 2020, 2021 or 0, 1, 2: integers in equal steps that the next line does not continue. */
function isSequence(line: readonly string[], next: readonly string[]): boolean {
  return isCounting(line) && !isCounting(next);
}

function isCounting(line: readonly string[]): boolean {
  const cells = line.map((cell) => cell.trim()).filter(looksNumeric);
  if (cells.some((cell) => !/^\d+$/.test(cell))) return false;
  const numbers = cells.map(Number);
  const step = (numbers[1] ?? 0) - (numbers[0] ?? 0);
  const areYears = numbers.every((n) => n >= 1900 && n <= 2100);
  const isEven = step > 0 && numbers.every((n, i) => i === 0 || n - (numbers[i - 1] as number) === step);
  return isEven && numbers.length >= (areYears ? 2 : 3);
}

/** Most levels that the names of columns have. */
const MAX_LEVELS = 4;

/**
 * Names in several lines, as pandas writes columns of several levels: the upper level repeats below an empty first cell, and
 * the line of the index has its name alone, or the first cells of all are empty.
 * @returns names joined by blanks, and how many lines they take; null for one line of names
 */
export function namesOfLevels(
  records: readonly (readonly string[])[],
): { names: string[]; lines: number } | null {
  const [top = []] = records;
  if (top[0]?.trim() !== '') return null;
  const upper = top.slice(1).map((cell) => cell.trim());
  if (upper.length < 2 || new Set(upper).size === upper.length || upper.some((cell) => cell === ''))
    return null;
  const isFull = (record: readonly string[]) =>
    record.length === top.length && filledCells(record.slice(1)) === upper.length;
  let levels = 1;
  while (levels < MAX_LEVELS && isFull(records[levels] ?? []) && !looksLikeRow(records, levels)) levels++;
  if (levels < 2) return null;
  const index = records[levels] ?? [];
  const isNamed = index.length === top.length && filledCells(index) === 1 && index[0]?.trim() !== '';
  const heads = records.slice(0, levels);
  if (!isNamed && heads.some(([first = '']) => first.trim() !== '')) return null;
  const names = top.map((_, c) =>
    c === 0
      ? (isNamed ? (index[0] ?? '') : '').trim()
      : heads.map((record) => (record[c] as string).trim()).join(' '),
  );
  return new Set(names).size === names.length ? { names, lines: levels + (isNamed ? 1 : 0) } : null;
}

/** Without the name of an index below it, a line whose first cell is filled is a row. */
function looksLikeRow(records: readonly (readonly string[])[], at: number): boolean {
  const isNamedBelow = records
    .slice(at + 1, MAX_LEVELS + 1)
    .some((record) => filledCells(record) === 1 && record[0]?.trim() !== '');
  return !isNamedBelow && records[at]?.[0]?.trim() !== '';
}

/** Number of `records` at the start that do not belong to the table: lines above its header, of other lengths. */
export function linesAbove(records: readonly (readonly string[])[], cells: number): number {
  if (cells < 2) return 0;
  let above = 0;
  while (above < records.length - 1 && isAbove(records, above, cells)) above++;
  // Without a line of the usual length below, nothing shows that these are titles.
  return above === records.length - 1 ? 0 : above;
}

function isAbove(records: readonly (readonly string[])[], at: number, cells: number): boolean {
  const [record, next] = [records[at] ?? [], records[at + 1] ?? []];
  if (record.length === cells) {
    // A spreadsheet pads titles to the width of the table.
    if (cells < 3 || filledCells(record) !== 1) return false;
    if (filledCells(next) >= cells - 1) return true;
    const first = records.slice(at + 1, at + 1 + MAX_TITLES).find((line) => filledCells(line) !== 1);
    return !record.some(looksNumeric) && first !== undefined && filledCells(first) >= cells - 1;
  }
  if (record.length === 1 || filledCells(record) === 1) return true;
  // A header with too few or too many names is refused or understood elsewhere, never left out.
  if (next.length !== cells) return true;
  const below = records.slice(at + 2, at + 2 + COMPARED);
  return kindOfLine(next, below) !== 'values' && !namesNamedRows(record, next, below);
}

/**
 * Whether a line of words names the columns of rows that begin with a name, as R writes them: a number above numbers, which is
 * not a year, shows that the line below is a row, though it may have a word above other numbers.
 */
function namesNamedRows(
  line: readonly string[],
  next: readonly string[],
  below: readonly (readonly string[])[],
): boolean {
  if (line.length + 1 !== next.length || line.some((cell) => cell.trim() === '' || looksNumeric(cell)))
    return false;
  const rows = [next, ...below].map((row) => row.map((cell) => cell.trim()));
  if (!areRowNames(rows.map(([first = '']) => first)) || isSequence(next, below[0] ?? [])) return false;
  return (
    rows[0]?.some((cell, c) => looksNumeric(cell) && !isYear(cell) && isOfNumbers(valuesOf(below, c))) ??
    false
  );
}

const isYear = (text: string) => /^(19|20)\d\d$/.test(text);

const isOfNumbers = (column: readonly string[]) =>
  column.length > 0 && column.filter(looksNumeric).length >= MOSTLY * column.length;

/**
 * Column names in a comment above the table, as NumPy writes them ("# temp,flow"); null if there are none.
 * @param comment - cells of the last comment above the first row
 */
export function namesInComment(comment: readonly string[], sign: string, cells: number): string[] | null {
  // Between blanks the sign is a cell of its own.
  const own = comment.length === cells + 1 && comment[0]?.trim() === sign ? comment.slice(1) : comment;
  if (own.length !== cells) return null;
  const isApart = own !== comment;
  const names = own.map((cell, c) => (c === 0 && !isApart ? cell.trim().slice(sign.length) : cell).trim());
  if (names[0] === '') names[0] = sign;
  return names.some((name) => name === '' || looksNumeric(name)) ? null : names;
}

/** Whether the cells of an unnamed first column number or name the rows: counting from 0 or 1, or all distinct. */
export function areRowNames(cells: readonly string[]): boolean {
  const start = cells[0] ?? '';
  const isCount = cells.every((cell, row) => cell === String(row + Number(start)));
  if (isCount && ['0', '1'].includes(start)) return true;
  return cells.every((cell) => !looksNumeric(cell)) && new Set(cells).size === cells.length;
}
