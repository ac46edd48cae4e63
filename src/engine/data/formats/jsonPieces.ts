// Cuts JSON that holds a table row by row, as a list, as a line per row, or as objects one after another, into the texts of its
// rows while the file is read, so that neither the file nor a tree of its values exists as a whole. JSON of another form is kept
// as one text.
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
/** Blanks that may stand in front of what decides whether an object goes on. */
const LOOKED_AT = 2 ** 12;
const [BREAK, QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  10, 34, 44, 91, 92, 93, 123, 125,
];
/** May stand before each value of a sequence: https://www.rfc-editor.org/rfc/rfc7464 */
const RECORD_SEPARATOR = '\u001e';

/** What forms of JSON a table may have. */
export const JSON_TABLE =
  'a table as JSON: a list of objects, objects one after another, {"columns": [...], "data": [[...]]}, or a list per column';

export interface RowTaker {
  /**
   * @param line - on which the row begins, counted from 1
   * @returns whether more rows are wanted
   */
  row(text: string, line: number): boolean;
  /** What stands behind the last whole row, where a list, or the object that begins here, does not end. */
  cut(text: string, line: number, open: 'list' | 'object'): void;
  /** Called behind each piece. @param read - the share of the file that was read */
  piece?(read: number): void;
}

export class JsonPieces implements PieceTaker {
  /** Known as soon as enough is read. */
  form: 'list' | 'lines' | 'objects' | 'whole' | null = null;
  /** All of the text, where the form is `whole`. */
  whole = '';
  /** The line on which that begins, counted from 1. */
  wholeLine = 1;
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
  private readonly cutters = {
    list: (isLast: boolean) => this.cutList(isLast),
    lines: (isLast: boolean) => this.cutLines(isLast),
    objects: (isLast: boolean) => this.cutObjects(isLast),
  };

  constructor(
    private readonly name: string,
    /** Size of the file in bytes. */
    private readonly size: number,
    private readonly begin: () => RowTaker,
    private taker: RowTaker = begin(),
  ) {}

  restart = (): void => {
    [this.form, this.whole, this.wholeLine, this.rest, this.line, this.taken] = [null, '', 1, '', 1, 0];
    [this.held, this.hasRows, this.isOpen, this.isClosed] = [null, false, false, false];
    this.blank = { count: 0, first: [] };
    this.inRow = { at: 0, depth: 0, isText: false };
    this.taker = this.begin();
  };

  take = (piece: string, isLast: boolean): boolean => {
    this.rest += piece.includes(RECORD_SEPARATOR) ? piece.replaceAll(RECORD_SEPARATOR, ' ') : piece;
    this.taken += piece.length;
    this.form ??= this.formOf(isLast);
    if (this.form === null) return true;
    if (this.form === 'whole') {
      this.whole += this.rest;
      this.wholeLine = this.line;
      this.rest = '';
      return true;
    }
    const wantsMore = this.cutters[this.form](isLast);
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
    if (areObjectLines(lines)) return 'lines';
    const next = text.startsWith('{') ? this.behindFirst(text) : '';
    if (next === null && !isWhole) return null;
    if (next?.startsWith('{')) return 'objects';
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

  /** What stands behind the first object; null where that does not end, or nothing may follow. */
  private behindFirst(text: string): string | null {
    const end = this.endOfObject(text);
    const next = end < 0 ? '' : text.slice(end).trimStart();
    // More of the text is looked at from here, and from the start once the form is known.
    if (next !== '') this.inRow = { at: 0, depth: 0, isText: false };
    else if (end >= 0) this.inRow = { at: end - 1, depth: 1, isText: false };
    return next === '' ? null : next;
  }

  /** Counts the lines of a text that is used up. @returns the line on which something stands first */
  private passLines(text: string): number {
    const first = this.line + countOf(text.slice(0, text.length - text.trimStart().length), '\n');
    this.line += countOf(text, '\n');
    return first;
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
      const goesOn = this.goesOn(line, text, from, isLast);
      if (goesOn === null) break;
      if (goesOn) return this.goOnByObjects(text.slice(from), isLast);
      if (line.trim() === '') this.addBlank(this.line);
      else wantsMore = this.addLine(line);
      this.line++;
      from = end + 1;
    }
    this.rest = text.slice(from);
    if (isLast && wantsMore && this.held)
      [this.form, this.whole, this.wholeLine] = ['whole', this.held.text, this.held.line];
    return wantsMore;
  }

  /**
   * Whether a line begins an object that ends in a later one, as where what appends to a file writes otherwise than what began it; null
   * while that is not known. A row that was cut off is none: the next begins behind it.
   */
  private goesOn(line: string, text: string, from: number, isLast: boolean): boolean | null {
    const own = line.endsWith('}') ? '' : line.trim();
    if (!own.startsWith('{') || own.endsWith('}')) return false;
    const next = /\S/.exec(text.slice(from + line.length, from + line.length + LOOKED_AT))?.[0] ?? '';
    if (next !== '' && next !== '"' && next !== '}') return false;
    this.inRow = { at: from, depth: 0, isText: false };
    const end = next === '' ? -1 : this.endOfObject(text);
    this.inRow = { at: 0, depth: 0, isText: false };
    if (end < 0) return isLast || text.length - from > LONG_LINE ? false : null;
    return isObjectLine(text.slice(from, end));
  }

  private goOnByObjects(text: string, isLast: boolean): boolean {
    const { held } = this;
    [this.form, this.held, this.rest] = ['objects', null, text];
    return (!held || this.taker.row(held.text, held.line)) && this.cutObjects(isLast);
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

  /**
   * Position behind the object that the text begins with, from where the last call stopped; -1 where it does not end. A stray
   * bracket, too, ends what it stands in.
   */
  private endOfObject(text: string): number {
    let { at, depth, isText } = this.inRow;
    for (; at < text.length; at++) {
      const sign = text.charCodeAt(at);
      if (isText) {
        if (sign === BACKSLASH) at++;
        // No text of JSON goes on in the next line: an open quote spoils one row, not all behind it.
        else if (sign === QUOTE || sign === BREAK) isText = false;
      } else if (sign === QUOTE) isText = true;
      else if (sign === OPEN_OBJECT || sign === OPEN_LIST) depth++;
      else if ((sign === CLOSE_OBJECT || sign === CLOSE_LIST) && --depth <= 0) return at + 1;
    }
    this.inRow = { at, depth, isText };
    return -1;
  }

  private cutObjects(isLast: boolean): boolean {
    const text = this.rest;
    let from = 0;
    let wantsMore = true;
    while (wantsMore) {
      const end = this.endOfObject(text);
      if (end < 0) break;
      const row = text.slice(from, end);
      wantsMore = this.taker.row(row.trimStart(), this.passLines(row));
      from = end;
      this.inRow = { at: end, depth: 0, isText: false };
    }
    this.rest = text.slice(from);
    this.inRow.at -= from;
    if (isLast && wantsMore) this.cutOff();
    return wantsMore;
  }

  private addElement(text: string): boolean {
    const row = text.trimStart();
    const start = this.passLines(text);
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

  /** The file ends before the list does, or the object. */
  private cutOff(): void {
    const text = this.rest.trimStart();
    const line = this.passLines(this.rest);
    this.rest = '';
    if (this.form === 'list') this.taker.cut(text, line, 'list');
    else if (text !== '') this.taker.cut(text, line, 'object');
  }
}

/** Whether a line is a row; those of Python may hold NaN and Infinity. */
const isObjectLine = (line: string) =>
  line.trimStart().startsWith('{') && isJson(line.replace(/-?Infinity|NaN/g, 'null'));

/** Whether each line begins a row, and one is whole: no value over several lines looks like that. */
function areObjectLines(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.every((line) => line.trimStart().startsWith('{')) && filled.some(isObjectLine);
}

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
