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

/** Bytes behind a text that cells are cut of. */
export const SPARE = 8;
/** Four bytes: of 1, of the one behind the quote, and of the highest bit. */
const ONES = 0x01010101;
const BELOW = ONES * (QUOTE_BYTE + 1);
const HIGH_BITS = 0x80808080;

/** Number of cells that are put together at once. */
const MOST_CELLS = 2 ** 22;

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
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  private readonly kinds = new Uint8Array(256);
  /** The delimiter in each of four bytes. */
  private readonly delimiters: number;
  /** Of the quoted cell looked at last. */
  private hasDoubled = false;
  private breaksWithin = 0;
  /** Where columns are put together. */
  private scratch = new Uint8Array(0);

  /** @param delimiter - one byte of ASCII, neither quote nor line end */
  constructor(delimiter: number) {
    this.delimiters = Math.imul(delimiter, ONES);
    this.kinds[delimiter] = DELIMITER;
    this.kinds[LINE_FEED] = LINE_END;
    this.kinds[QUOTE_BYTE] = QUOTE;
  }

  /**
   * @param length - of the text in `bytes`, which begins with a record; `bytes` has `SPARE` more
   * @param isLast - the text ends the file, so that its last record is whole without a line end
   */
  cut(bytes: Uint8Array, length: number, isLast: boolean): void {
    // Each cell ends with a byte, but for the last one.
    if (this.starts.length <= length)
      [this.starts, this.ends] = [new Int32Array(2 * length), new Int32Array(2 * length)];
    const { kinds, delimiters, starts, ends } = this;
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    [this.count, this.end, this.isOdd] = [0, 0, false];
    let [at, begin, breaks, cells] = [0, 0, 0, 0];
    /** A quoted cell ends the file. */
    let isClosed = false;
    // Ends the search for the end of a cell.
    bytes[length] = LINE_FEED;
    for (;;) {
      let kind = kinds[bytes[at] as number] as number;
      if (kind === QUOTE) {
        const quote = at;
        at = this.closing(bytes, quote + 1, length);
        if (at < 0) {
          this.isOdd = isLast;
          break;
        }
        breaks += this.breaksWithin;
        const start = this.hasDoubled ? -2 - quote : quote + 1;
        const end = at++;
        while (at < length && this.isBlankBehind(bytes[at] as number)) at++;
        if (at === length) {
          isClosed = at === end + 1;
          this.isOdd = isLast && !isClosed;
          if (isLast && isClosed) {
            starts[cells] = start;
            ends[cells++] = end;
          }
          break;
        }
        kind = kinds[bytes[at] as number] as number;
        if (kind !== DELIMITER && kind !== LINE_END) {
          this.isOdd = true;
          break;
        }
        starts[cells] = start;
        ends[cells++] = end;
      } else {
        // A quote is one only where a cell begins.
        while (kind === PLAIN || kind === QUOTE) {
          at++;
          // Four bytes at a time, without those among which none may end a cell (Warren, Hacker's Delight, 6-1).
          let found = 0;
          for (; ; at += 4) {
            const word = words.getInt32(at, true);
            const other = word ^ delimiters;
            found = (((word - BELOW) & ~word) | ((other - ONES) & ~other)) & HIGH_BITS;
            if (found !== 0) break;
          }
          at += (31 - Math.clz32(found & -found)) >> 3;
          kind = kinds[bytes[at] as number] as number;
        }
        if (at === length) break;
        starts[cells] = begin;
        ends[cells++] = at;
      }
      begin = ++at;
      if (kind === LINE_END) {
        this.addRecord(cells, breaks, begin);
        breaks = 0;
      }
    }
    if (!isLast || this.isOdd || length === 0) return;
    if (!isClosed) {
      starts[cells] = begin;
      ends[cells++] = length;
    }
    this.addRecord(cells, breaks, length);
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

  /**
   * @param cells - of all records so far
   * @param end - position behind it
   */
  private addRecord(cells: number, breaks: number, end: number): void {
    if (this.count === this.breaks.length) {
      this.breaks = doubled(this.breaks);
      this.begins = doubled(this.begins);
      this.first = doubled(this.first);
    }
    this.breaks[this.count] = breaks;
    this.begins[this.count++] = this.end;
    this.first[this.count] = cells;
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
   * The first columns, each cell with `CELL_END` behind it; one that a record does not have is empty.
   * @param records - which of the records
   */
  packColumns(columns: number, records: Int32Array, bytes: Uint8Array): Uint8Array[] {
    const packed: Uint8Array[] = [];
    // Record by record, as the bytes lie in memory, unless lines of very different lengths would make that too much at once.
    const group = Math.max(1, Math.floor(MOST_CELLS / records.length));
    for (let from = 0; from < columns; from += group)
      packed.push(...this.packSome(from, Math.min(columns, from + group), records, bytes));
    return packed;
  }

  private packSome(from: number, behind: number, records: Int32Array, bytes: Uint8Array): Uint8Array[] {
    const { first, starts, ends } = this;
    const columns = behind - from;
    const sizes = new Int32Array(columns).fill(records.length);
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as number;
      const cell = (first[record] as number) + from;
      const count = Math.min(columns, (first[record + 1] as number) - cell);
      for (let c = 0; c < count; c++) {
        const start = starts[cell + c] as number;
        sizes[c] = (sizes[c] as number) + (ends[cell + c] as number) - (start < 0 ? -1 - start : start);
      }
    }
    const begins = new Int32Array(columns);
    for (let c = 1; c < columns; c++)
      begins[c] = (begins[c - 1] as number) + (sizes[c - 1] as number) + SPARE;
    const to = this.room((begins[columns - 1] as number) + (sizes[columns - 1] as number) + SPARE);
    const [source, target] = [bytes, to].map(
      (of) => new DataView(of.buffer, of.byteOffset, of.byteLength),
    ) as [DataView, DataView];
    const places = begins.slice();
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as number;
      const cell = (first[record] as number) + from;
      const count = (first[record + 1] as number) - cell;
      for (let c = 0; c < columns; c++) {
        let at = places[c] as number;
        if (c < count) {
          const end = ends[cell + c] as number;
          const start = starts[cell + c] as number;
          if (start < 0) at = copySingle(bytes, -1 - start, end, to, at);
          else {
            // Four bytes at a time: what is too much is written over.
            for (let k = start, to4 = at; k < end; k += 4, to4 += 4)
              target.setInt32(to4, source.getInt32(k, true), true);
            at += end - start;
          }
        }
        to[at++] = CELL_END;
        places[c] = at;
      }
    }
    return Array.from(begins, (begin, c) => to.slice(begin, places[c]));
  }

  private room(bytes: number): Uint8Array {
    if (this.scratch.length < bytes) this.scratch = new Uint8Array(2 * bytes);
    return this.scratch;
  }

  /** The cells of a record, in the same way. */
  packRecord(record: number, bytes: Uint8Array): Uint8Array {
    const [from, behind] = [this.first[record] as number, this.first[record + 1] as number];
    const to = this.room((this.ends[behind - 1] as number) - this.startOf(from) + behind - from);
    let at = 0;
    for (let cell = from; cell < behind; cell++) {
      const [start, end] = [this.startOf(cell), this.ends[cell] as number];
      if (this.holdsDoubled(cell)) at = copySingle(bytes, start, end, to, at);
      else {
        to.set(bytes.subarray(start, end), at);
        at += end - start;
      }
      to[at++] = CELL_END;
    }
    return to.subarray(0, at);
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
