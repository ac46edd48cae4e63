// Parses the texts of rows in JSON into columns: objects with a value per column, or lists below a list of names.
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines, FILE_LIMITS, type LayoutSettings } from './format.ts';
import { isObject, JsonColumns, type JsonRow } from './jsonColumns.ts';
import { faultAt } from './jsonFault.ts';
import type { RowTaker } from './jsonPieces.ts';
import { checkLimits, counted, plain, refuse, tooManyRows } from './limits.ts';
import { countOf } from './lines.ts';
import { listLines } from './records.ts';
import { type CellValue, messageOf } from './values.ts';

/** Texts of rows beyond this length are looked at before they are parsed. */
const LONG_ROW = 2 ** 20;
/** Lists and objects that such a row may have: more of them than memory holds would end the process, not the reading. */
const MAX_NESTED = 2 ** 20;
/** A file is refused by its estimated size if that exceeds a limit by this factor. */
const CERTAINLY = 1.2;
const SHOWN_CHARACTERS = 40;
const LEAVE_OUT = 'set data.badLines to leave-out to read what is whole';

export interface RowsWanted {
  /** Stop after this many rows. */
  limit?: number;
  /** Which whole rows are kept, counted from 0; all where left out. The others are not parsed but for `onRow` and `findsBroken`. */
  isKept?: (row: number) => boolean;
  /** Parse every row, so that broken ones are known and not counted. */
  findsBroken?: boolean;
  /** Texts that an earlier pass found broken, as in `brokenTexts`. */
  broken?: readonly number[];
  onRow?: (row: JsonRow) => void;
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((cell) => typeof cell === 'string');

export class JsonRows implements RowTaker {
  readonly columns: JsonColumns;
  /** The line on which each kept row begins. */
  readonly lines: number[] = [];
  /** Number of whole rows so far, kept or not. */
  seen = 0;
  /** Which texts of rows are broken and left out, counted from 0 and in order. */
  readonly brokenTexts: number[] = [];
  private texts = 0;
  private names: readonly string[] | null = null;
  private isBegun = false;
  private readonly counts = { missing: 0, digits: 0 };
  private readonly broken: number[] = [];
  private cutAt: { line: number; open: 'list' | 'object' } | null = null;

  /** @param name - of the file */
  constructor(
    private readonly name: string,
    private readonly badLines: LayoutSettings['badLines'],
    private readonly wanted: RowsWanted = {},
  ) {
    this.columns = new JsonColumns(name);
  }

  row = (text: string, line: number): boolean => {
    const { isKept, onRow, findsBroken, broken, limit } = this.wanted;
    if (broken?.[this.brokenTexts.length] === this.texts++) {
      this.leaveOut(line);
      return true;
    }
    if (!this.isBegun || onRow || findsBroken || (isKept?.(this.seen) ?? true)) {
      const value = this.parsed(text, line);
      if (value === undefined) return true;
      this.take(value, line);
    } else this.seen++;
    return limit === undefined || this.seen < limit;
  };

  cut = (text: string, line: number, open: 'list' | 'object'): void => {
    let got = 'the end of the file';
    try {
      if (text !== '') this.take(this.parse(text, line), line);
    } catch (error) {
      if (open === 'object') this.checkBehind(text, line, error);
      got = gotOf(error, text);
      this.broken.push(line);
    }
    this.cutAt = { line, open };
    if (this.badLines === 'refuse')
      throw refuse(
        `${this.name}, line ${line}`,
        `the end of the ${open === 'list' ? 'list' : 'object that begins here'}`,
        got,
        `The file may be cut off: get it again, or ${LEAVE_OUT}.`,
      );
  };

  /** Refuses an object without an end that may hold the rows behind it: leaving it out would leave out those. */
  private checkBehind(text: string, line: number, error: unknown): void {
    const parsed = readable(text, { missing: 0, digits: 0 });
    const at = faultAt(parsed);
    if (parsed.indexOf('{', at) < 0) return;
    throw refuse(
      `${this.name}, line ${line + countOf(parsed, '\n', at)}`,
      `the end of the object that begins in line ${line}`,
      gotOf(error, parsed.slice(Math.max(0, at - SHOWN_CHARACTERS / 2))),
      'A bracket or a quote is not closed: correct it. What stands behind it cannot be told from it.',
    );
  }

  /** Refuses a file that clearly has too many rows or cells, without reading them. */
  piece = (read: number): void => {
    if (this.wanted.limit !== undefined || this.wanted.isKept) return;
    const columns = this.columns.names.length;
    const rows = Number((this.seen / read).toPrecision(2));
    if (rows > CERTAINLY * FILE_LIMITS.rows)
      throw tooManyRows(this.name, `about ${plain(rows)} by the size of the file`);
    if (rows * columns > CERTAINLY * FILE_LIMITS.cells) checkLimits(columns, rows, this.name);
  };

  /** @param line - null where the table is no list of rows */
  take(value: unknown, line: number | null): void {
    const isFirst = !this.isBegun;
    this.isBegun = true;
    if (isFirst && Array.isArray(value)) {
      if (value.length > 0 && value.every(isObject))
        throw refuse(
          this.name,
          'one list of rows, or a row per line',
          'several lists of objects',
          'Join the lists into one.',
        );
      this.setNames(isNames(value) ? value : value.map((_, i) => `column ${i + 1}`));
      if (isNames(value)) return;
    }
    const place = [this.name, ...(line === null ? [] : [`line ${line}`]), `row ${this.seen + 1}`].join(', ');
    const row = this.rowOf(value, place);
    this.wanted.onRow?.(row);
    if (this.wanted.isKept?.(this.seen) ?? true) {
      this.columns.add(row, line);
      if (line !== null) this.lines.push(line);
    }
    this.seen++;
  }

  setNames(names: readonly string[]): void {
    this.isBegun = true;
    checkLimits(names.length, 0, this.name);
    const known = new Set<string>();
    for (const name of names) {
      if (known.has(name))
        throw refuse(this.name, 'a name per column', `"${name}" twice`, 'Rename one of them.');
      known.add(name);
    }
    this.names = names;
  }

  private rowOf(value: unknown, place: string): JsonRow {
    const { names } = this;
    if (!names) {
      if (isObject(value)) return value;
      const got = Array.isArray(value) ? 'a list' : (JSON.stringify(value) ?? 'nothing');
      throw refuse(
        place,
        'an object with a value per column',
        got.slice(0, 60),
        'Write each row as {"column": value, ...}.',
      );
    }
    if (!Array.isArray(value) || value.length !== names.length)
      throw refuse(
        place,
        `a list of ${names.length} values`,
        Array.isArray(value) ? String(value.length) : typeof value,
        'Write a value per column in each row.',
      );
    return Object.fromEntries(names.map((name, c) => [name, value[c] as CellValue]));
  }

  /** Undefined for a broken row that is left out. */
  private parsed(text: string, line: number): unknown {
    try {
      return this.parse(text, line);
    } catch (error) {
      if (this.badLines === 'leave-out') {
        this.leaveOut(line);
        return undefined;
      }
      const parsed = readable(text, { missing: 0, digits: 0 });
      const at = error instanceof SyntaxError ? faultAt(parsed) : 0;
      throw refuse(
        `${this.name}, line ${line + countOf(parsed, '\n', at)}`,
        'an object as JSON',
        gotOf(error, text),
        `Correct the row, remove it, or ${LEAVE_OUT}.`,
      );
    }
  }

  /** The text taken last is no row. */
  private leaveOut(line: number): void {
    this.brokenTexts.push(this.texts - 1);
    this.broken.push(line);
  }

  private parse(text: string, line: number): unknown {
    if (text.length > LONG_ROW && countOf(text, '[') + countOf(text, '{') > MAX_NESTED)
      throw new Error(`more than ${plain(MAX_NESTED)} lists and objects in one row`);
    const value: unknown = JSON.parse(readable(text, this.counts));
    this.columns.repeats.look(text, value, line);
    return value;
  }

  /** Notes on what is not as it stands in the file, and rows left out. */
  finish(notes: Note[], dropped: DroppedLines[]): void {
    notes.push(...notesOf(this.counts));
    const { broken, cutAt } = this;
    dropped.push(...droppedLines('broken-rows', broken));
    if (broken.length > 0)
      notes.push({
        code: 'bad-lines-left-out',
        text: `${counted(broken.length, 'row is no JSON and is', 'rows are no JSON and are')} left out, as data.badLines asks (${listLines(broken)}).`,
      });
    if (cutAt !== null)
      notes.push({
        code: 'file-cut-off',
        text: `The ${cutAt.open === 'list' ? 'list of rows' : 'last object'} does not end: the file may be cut off, in line ${cutAt.line}.`,
      });
    this.columns.finish(notes);
  }
}

const gotOf = (error: unknown, text: string) =>
  `${messageOf(error)} in ${JSON.stringify(text.slice(0, SHOWN_CHARACTERS))}`;

interface Changes {
  missing: number;
  digits: number;
}

/**
 * Replaces Python's NaN and Infinity, which are not JSON, and quotes integers of more than 15 digits, which parsing would
 * round.
 */
export function readable(text: string, counts: Changes): string {
  if (!text.includes('NaN') && !text.includes('Infinity') && !hasLongNumber(text)) return text;
  return text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (found) => {
    if (found.startsWith('"')) return found;
    if (found === 'NaN') {
      counts.missing++;
      return 'null';
    }
    if (found.endsWith('Infinity')) return found.startsWith('-') ? '-1e999' : '1e999';
    if (Number.isSafeInteger(Number(found))) return found;
    counts.digits++;
    return `"${found}"`;
  });
}

/** Digits on end from which numbers may not keep all. */
const LONG = 16;

/** Whether that many digits stand on end: one of them is at a multiple of that many places. An expression takes as long as parsing. */
function hasLongNumber(text: string): boolean {
  const isDigit = (at: number) => {
    const sign = text.charCodeAt(at);
    return sign >= 48 && sign <= 57;
  };
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(at)) continue;
    let [from, behind] = [at, at + 1];
    while (isDigit(from - 1)) from--;
    while (isDigit(behind)) behind++;
    if (behind - from >= LONG) return true;
  }
  return false;
}

/** Notes on what `readable` changed. */
export function notesOf({ missing, digits }: Changes): Note[] {
  const notes: Note[] = [];
  if (missing > 0)
    notes.push({
      code: 'nan-is-missing',
      text: `NaN, which is no JSON, is missing in ${counted(missing, 'place', 'places')}.`,
    });
  if (digits > 0)
    notes.push({
      code: 'digits-kept-as-text',
      text: `${counted(digits, 'whole number has more digits than numbers keep, and is', 'whole numbers have more digits than numbers keep, and are')} read as text.`,
    });
  return notes;
}
