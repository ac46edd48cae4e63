// Cuts JSON that holds a table row by row, as a list or as a line per row, into the texts of its rows while the file is read, so
// that neither the file nor a tree of its values exists as a whole. JSON of another form is kept as one text.
import type { PieceTaker } from './decode.ts';
import { type DroppedLines, FILE_LIMITS } from './format.ts';
import { plain, refuse, sizesBeyond } from './limits.ts';
import { countOf } from './lines.ts';

/** Longest text of a row. */
const MAX_ROW = 16 * 2 ** 20;
/** A first line longer than this is no list with the names of columns. */
const LONG_LINE = 2 ** 20;
const SHOWN_LINES = 5;
/** Lines that are looked at to tell a row per line, where the first is none. */
const FIRST_LINES = 12;
const SHOWN_CHARACTERS = 40;
const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  34, 92, 44, 91, 93, 123, 125,
];

/** What forms of JSON a table may have. */
export const JSON_TABLE =
  'a table as JSON: a list of objects, an object per line, {"columns": [...], "data": [[...]]}, or a list per column';

export interface RowTaker {
  /**
   * @param line - on which the row begins, counted from 1
   * @returns whether more rows are wanted
   */
  row(text: string, line: number): boolean;
  /** What stands behind the last whole row of a list that does not end. */
  cut(text: string, line: number): void;
  /** Called behind each piece. @param read - the share of the file that was read */
  piece?(read: number): void;
}

export class JsonPieces implements PieceTaker {
  /** Known as soon as enough is read. */
  form: 'list' | 'lines' | 'whole' | null = null;
  /** All of the text, where the form is `whole`. */
  whole = '';
  private rest = '';
  /** Line on which `rest` begins. */
  private line = 1;
  private taken = 0;
  /** The first of several lines: alone, it may be the whole table. */
  private held: { text: string; line: number } | null = null;
  private blank: { count: number; first: number[] } = { count: 0, first: [] };
  private inRow = { at: 0, depth: 0, isText: false };
  private hasRows = false;
  private isOpen = false;
  private isClosed = false;

  constructor(
    private readonly name: string,
    /** Size of the file in bytes. */
    private readonly size: number,
    private readonly begin: () => RowTaker,
    private taker: RowTaker = begin(),
  ) {}

  restart = (): void => {
    [this.form, this.whole, this.rest, this.line, this.taken] = [null, '', '', 1, 0];
    [this.held, this.hasRows, this.isOpen, this.isClosed] = [null, false, false, false];
    this.blank = { count: 0, first: [] };
    this.inRow = { at: 0, depth: 0, isText: false };
    this.taker = this.begin();
  };

  take = (piece: string, isLast: boolean): boolean => {
    this.rest += piece;
    this.taken += piece.length;
    this.form ??= this.formOf(isLast);
    if (this.form === null) return true;
    if (this.form === 'whole') {
      this.whole += this.rest;
      this.rest = '';
      return true;
    }
    const wantsMore = this.form === 'list' ? this.cutList(isLast) : this.cutLines(isLast);
    if (this.rest.length > MAX_ROW)
      throw refuse(
        `${this.name}, line ${this.line}`,
        `at most ${plain(MAX_ROW)} characters in a row`,
        'more than that',
        'A bracket or quote may not be closed: correct the row.',
      );
    if (!isLast && wantsMore) this.taker.piece?.(this.taken / this.size);
    return wantsMore;
  };

  /** Lines without a row. */
  get dropped(): DroppedLines[] {
    const { count, first } = this.blank;
    return count === 0 ? [] : [{ reason: 'blank-lines', count, lines: first }];
  }

  /** The form by the first rows; null while too little is read. */
  private formOf(isLast: boolean): JsonPieces['form'] {
    const text = this.rest.trimStart();
    this.skipBlank(this.rest.slice(0, this.rest.length - text.length));
    this.rest = text;
    if (text === '') return isLast ? 'whole' : null;
    const end = text.indexOf('\n');
    const isWhole = isLast || text.length > MAX_ROW;
    if (text.startsWith('[')) {
      if (end < 0 && !isWhole && text.length < LONG_LINE) return null;
      if (end < 0 || !text.slice(0, end).trimEnd().endsWith(']')) return 'list';
      const next = text.slice(end).trimStart();
      if (next === '' && !isWhole) return null;
      return next.startsWith('[') ? 'lines' : 'list';
    }
    if (end < 0 && !isWhole) return null;
    const first = end < 0 ? text : text.slice(0, end);
    if (isObjectLine(first)) return 'lines';
    // One value over several lines cannot have two objects below each other without a comma: the first rows are broken.
    const lines = text.split('\n', FIRST_LINES + 1).slice(0, isLast ? FIRST_LINES : -1);
    if (hasObjectLines(lines)) return 'lines';
    if (lines.length < FIRST_LINES && !isWhole) return null;
    if (this.size > FILE_LIMITS.bytes) {
      const [expected, got] = sizesBeyond(FILE_LIMITS.bytes, this.size);
      throw refuse(
        this.name,
        `${expected} of JSON that is not a list of rows or a row per line`,
        got,
        'Write it as an object per line, of which a part can be read.',
      );
    }
    return 'whole';
  }

  /** Counts blank lines above the first row. */
  private skipBlank(text: string): void {
    const lines = countOf(text, '\n');
    for (let i = 0; i < lines; i++) this.addBlank(this.line + i);
    this.line += lines;
  }

  private addBlank(line: number): void {
    if (++this.blank.count > FILE_LIMITS.rows)
      throw refuse(
        `${this.name}, line ${line}`,
        `at most ${plain(FILE_LIMITS.rows)} blank lines`,
        'more than that',
        'Take them out.',
      );
    if (this.blank.first.length < SHOWN_LINES) this.blank.first.push(line);
  }

  private cutLines(isLast: boolean): boolean {
    const text = this.rest;
    let from = 0;
    let wantsMore = true;
    while (wantsMore && from < text.length) {
      const found = text.indexOf('\n', from);
      if (found < 0 && !isLast) break;
      const end = found < 0 ? text.length : found;
      const line = text.slice(from, end);
      if (line.trim() === '') this.addBlank(this.line);
      else wantsMore = this.addLine(line);
      this.line++;
      from = end + 1;
    }
    this.rest = text.slice(from);
    if (isLast && wantsMore && this.held) [this.form, this.whole] = ['whole', this.held.text];
    return wantsMore;
  }

  private addLine(text: string): boolean {
    if (!this.hasRows) {
      this.hasRows = true;
      this.held = { text, line: this.line };
      return true;
    }
    const { held } = this;
    this.held = null;
    if (held && !this.taker.row(held.text, held.line)) return false;
    return this.taker.row(text, this.line);
  }

  private cutList(isLast: boolean): boolean {
    const text = this.rest;
    let { at, depth, isText } = this.inRow;
    // The first sign is the bracket of the list.
    let from = this.isOpen ? 0 : 1;
    at = Math.max(at, from);
    this.isOpen = true;
    let wantsMore = true;
    for (; wantsMore && !this.isClosed && at < text.length; at++) {
      const sign = text.charCodeAt(at);
      if (isText) {
        if (sign === BACKSLASH) at++;
        else if (sign === QUOTE) isText = false;
      } else if (sign === QUOTE) isText = true;
      else if (sign === OPEN_OBJECT || sign === OPEN_LIST) depth++;
      else if (depth > 0) {
        if (sign === CLOSE_OBJECT || sign === CLOSE_LIST) depth--;
      } else if (sign === COMMA || sign === CLOSE_LIST) {
        this.isClosed = sign === CLOSE_LIST;
        wantsMore = this.addElement(text.slice(from, at));
        from = at + 1;
      }
    }
    this.rest = text.slice(from);
    this.inRow = { at: at - from, depth, isText };
    if (this.isClosed) this.checkEnd();
    else if (isLast && wantsMore) this.cutOff();
    return wantsMore;
  }

  private addElement(text: string): boolean {
    const row = text.trimStart();
    const start = this.line + countOf(text.slice(0, text.length - row.length), '\n');
    this.line += countOf(text, '\n');
    if (row === '') {
      if (this.isClosed && !this.hasRows) return true;
      throw refuse(
        `${this.name}, line ${this.line}`,
        'a row between commas',
        this.isClosed ? 'the end of the list behind a comma' : 'nothing',
        'Remove the comma, or write the row.',
      );
    }
    this.hasRows = true;
    return this.taker.row(row, start);
  }

  private checkEnd(): void {
    const text = this.rest.trimStart();
    if (text !== '')
      throw refuse(
        `${this.name}, line ${this.line + countOf(this.rest.slice(0, this.rest.length - text.length), '\n')}`,
        'the end of the file behind the list',
        JSON.stringify(text.slice(0, SHOWN_CHARACTERS)),
        'Write all rows into one list, or an object per line without brackets around them.',
      );
    this.line += countOf(this.rest, '\n');
    this.rest = '';
    this.inRow.at = 0;
  }

  /** The file ends before the list does. */
  private cutOff(): void {
    const text = this.rest.trimStart();
    const line = this.line + countOf(this.rest.slice(0, this.rest.length - text.length), '\n');
    this.rest = '';
    this.taker.cut(text, line);
  }
}

/** Whether a line is a row; those of Python may hold NaN and Infinity. */
const isObjectLine = (line: string) =>
  line.trimStart().startsWith('{') && isJson(line.replace(/-?Infinity|NaN/g, 'null'));

/** Whether two lines below each other are rows. */
function hasObjectLines(lines: readonly string[]): boolean {
  const objects = lines.filter((line) => line.trim() !== '').map(isObjectLine);
  return objects.some((isObject, i) => isObject && objects[i + 1]);
}

export function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
