// Cuts the bytes of delimited text into records and cells, without a string for any of them, as Papa Parse cuts the text. A quoted
// cell must end before a delimiter or the end of its line, but for blanks; where one does not, cutting stops for Papa Parse to go on.

import { CELL_END } from './format.ts';

const PLAIN = 0;
const DELIMITER = 1;
const LINE_END = 2;
const QUOTE = 3;
export const QUOTE_BYTE = 0x22;
const TAB = 9;
const LINE_FEED = 10;
const BLANK = 32;

const doubled = (list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const longer = new Int32Array(2 * list.length);
  longer.set(list);
  return longer;
};

/** The records of the bytes that were cut last. */
export class CellCutter {
  /** Number of whole records. */
  count = 0;
  /** Bytes that they take. */
  end = 0;
  /** The next record has quotes that do not fit. */
  isOdd = false;
  /** Position of each record. */
  begins = new Int32Array(1024);
  /** The first cell of each record, and behind the last one the number of cells. */
  first = new Int32Array(1025);
  /** Line breaks within the cells of each record. */
  breaks = new Int32Array(1024);
  /** Position of each cell, without its quotes; -1 less the position where quotes within are doubled. */
  starts = new Int32Array(8192);
  ends = new Int32Array(8192);
  private readonly kinds = new Uint8Array(256);
  private cells = 0;
  /** Of the quoted cell looked at last. */
  private hasDoubled = false;
  private breaksWithin = 0;

  /** @param delimiter - one byte of ASCII, neither quote nor line end */
  constructor(delimiter: number) {
    this.kinds[delimiter] = DELIMITER;
    this.kinds[LINE_FEED] = LINE_END;
    this.kinds[QUOTE_BYTE] = QUOTE;
  }

  /**
   * @param length - of the text in `bytes`, which begins with a record
   * @param isLast - the text ends the file, so that its last record is whole without a line end
   */
  cut(bytes: Uint8Array, length: number, isLast: boolean): void {
    const { kinds } = this;
    [this.count, this.cells, this.end, this.isOdd] = [0, 0, 0, false];
    let [at, begin, breaks] = [0, 0, 0];
    /** A quoted cell ends the file. */
    let isClosed = false;
    while (at < length) {
      const kind = kinds[bytes[at] as number];
      if (kind === PLAIN || (kind === QUOTE && at !== begin)) {
        at++;
        continue;
      }
      let start = begin;
      let end = at;
      let next = at;
      if (kind === QUOTE) {
        end = this.closing(bytes, at + 1, length);
        if (end < 0) {
          this.isOdd = isLast;
          break;
        }
        breaks += this.breaksWithin;
        start = this.hasDoubled ? -2 - at : at + 1;
        next = end + 1;
        while (next < length && this.isBlankBehind(bytes[next] as number)) next++;
        if (next === length) {
          isClosed = next === end + 1;
          this.isOdd = isLast && !isClosed;
          if (isLast && isClosed) this.addCell(start, end);
          break;
        }
        const behind = kinds[bytes[next] as number];
        if (behind !== DELIMITER && behind !== LINE_END) {
          this.isOdd = true;
          break;
        }
      }
      this.addCell(start, end);
      begin = next + 1;
      at = begin;
      if (bytes[next] === LINE_FEED) {
        this.addRecord(breaks, begin);
        breaks = 0;
      }
    }
    if (!isLast || this.isOdd || length === 0) return;
    if (!isClosed) this.addCell(begin, length);
    this.addRecord(breaks, length);
  }

  /** Position of the quote that ends a cell; -1 where there is none. */
  private closing(bytes: Uint8Array, from: number, length: number): number {
    [this.hasDoubled, this.breaksWithin] = [false, 0];
    for (let at = from; at < length; at++) {
      const byte = bytes[at];
      if (byte === LINE_FEED) this.breaksWithin++;
      if (byte !== QUOTE_BYTE) continue;
      if (at + 1 === length || bytes[at + 1] !== QUOTE_BYTE) return at;
      this.hasDoubled = true;
      at++;
    }
    return -1;
  }

  private isBlankBehind(byte: number): boolean {
    return (byte === BLANK || byte === TAB) && this.kinds[byte] === PLAIN;
  }

  private addCell(start: number, end: number): void {
    if (this.cells === this.starts.length) {
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
    }
    this.starts[this.cells] = start;
    this.ends[this.cells++] = end;
  }

  /** @param end - position behind it */
  private addRecord(breaks: number, end: number): void {
    if (this.count === this.breaks.length) {
      this.breaks = doubled(this.breaks);
      this.begins = doubled(this.begins);
      this.first = doubled(this.first);
    }
    this.breaks[this.count] = breaks;
    this.begins[this.count++] = this.end;
    this.first[this.count] = this.cells;
    this.end = end;
  }

  width = (record: number): number => (this.first[record + 1] as number) - (this.first[record] as number);

  /** Whether a cell of the record, from position `from` on, has other than blanks. */
  isFilled(record: number, bytes: Uint8Array, from = 0): boolean {
    const behind = this.first[record + 1] as number;
    for (let cell = (this.first[record] as number) + from; cell < behind; cell++) {
      const end = this.ends[cell] as number;
      const start = this.startOf(cell);
      for (let at = start; at < end; at++) {
        const byte = bytes[at] as number;
        if (byte > BLANK && byte < 0x80) return true;
        // What counts as a blank among the others is known to `trim`.
        if (byte !== BLANK) {
          if (textOf(bytes, start, end).trim() !== '') return true;
          break;
        }
      }
    }
    return false;
  }

  text(cell: number, bytes: Uint8Array): string {
    const text = textOf(bytes, this.startOf(cell), this.ends[cell] as number);
    return this.holdsDoubled(cell) ? text.replaceAll('""', '"') : text;
  }

  private holdsDoubled = (cell: number): boolean => (this.starts[cell] as number) < 0;

  private startOf(cell: number): number {
    const place = this.starts[cell] as number;
    return place < 0 ? -1 - place : place;
  }

  /**
   * Copies a column, each cell with `CELL_END` behind it; one that a record does not have is empty.
   * @param records - which of the records
   * @param to - has room for all of their bytes and ends
   * @returns length of the copy
   */
  packColumn(c: number, records: Int32Array, bytes: Uint8Array, to: Uint8Array): number {
    const { first, starts, ends } = this;
    let at = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as number;
      const cell = (first[record] as number) + c;
      if (cell < (first[record + 1] as number)) {
        const end = ends[cell] as number;
        const start = starts[cell] as number;
        if (start < 0) at = copySingle(bytes, -1 - start, end, to, at);
        else for (let from = start; from < end; from++) to[at++] = bytes[from] as number;
      }
      to[at++] = CELL_END;
    }
    return at;
  }

  /** Copies a record, as `packColumn` does a column. */
  packRecord(record: number, bytes: Uint8Array, to: Uint8Array): number {
    let at = 0;
    for (let cell = this.first[record] as number; cell < (this.first[record + 1] as number); cell++) {
      const [start, end] = [this.startOf(cell), this.ends[cell] as number];
      if (this.holdsDoubled(cell)) at = copySingle(bytes, start, end, to, at);
      else {
        to.set(bytes.subarray(start, end), at);
        at += end - start;
      }
      to[at++] = CELL_END;
    }
    return at;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const textOf = (bytes: Uint8Array, start: number, end: number) => decoder.decode(bytes.subarray(start, end));

/** Copies a cell, doubled quotes made single. @returns position behind the copy */
function copySingle(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  for (let from = start; from < end; from++) {
    to[at++] = bytes[from] as number;
    if (bytes[from] === QUOTE_BYTE && bytes[from + 1] === QUOTE_BYTE) from++;
  }
  return at;
}
