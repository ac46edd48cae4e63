// The cells of a sheet column by column, each a number with its kind: 9 bytes, and texts once. What a cell is as text is asked for later,
// so that numbers keep all of their digits and a date knows that it is one.

import { Numbers, packCells, type RecordSource } from './recordStore.ts';
import { type FormatKind, textOfSerial } from './xlsxDates.ts';

export type CellKind = 'number' | 'text' | 'boolean' | 'error' | Exclude<FormatKind, 'number'>;

/** A cell's kind as a byte, one more than its place in this list; zero where there is no cell. */
const KINDS: readonly CellKind[] = ['number', 'text', 'boolean', 'error', 'date', 'time', 'duration'];
const codeOf = Object.fromEntries(KINDS.map((kind, i) => [kind, i + 1])) as Record<CellKind, number>;

/** Rows of a column that are stored together; few, so that a cell far from others takes little. */
const CHUNK = 512;
/** Rows that are given as texts at a time, unless these are long. */
const PART = 64 * CHUNK;
/** Characters of such texts, but for the last. */
const PART_CHARACTERS = 2 ** 22;

interface Chunk {
  kinds: Uint8Array;
  /** A number as it is, the number of a text, 1 or 0, days and their parts. */
  values: Float64Array;
}

export class SheetCells implements RecordSource {
  private readonly columns: (Chunk | undefined)[][] = [];
  private readonly rows = new Numbers();
  private readonly texts: string[] = [];
  private readonly numberOf = new Map<string, number>();
  private readonly released = new Set<number>();
  /** The first column with a cell, counted from 0. */
  first = Number.POSITIVE_INFINITY;

  /** @param is1904 - how days are counted */
  constructor(private readonly is1904: boolean) {}

  /** Number of rows with a cell. */
  get length(): number {
    return this.rows.length;
  }

  /** Number of columns from the first to the last with a cell. */
  get width(): number {
    return Math.max(0, this.columns.length - this.first);
  }

  /** @param line - number of the row in the sheet, counted from 1 */
  addRow(line: number): void {
    this.rows.push(line);
  }

  /**
   * @param column - of the sheet, counted from 0
   * @param row - counted from 0; default: the last
   * @returns whether there was none
   */
  put(column: number, kind: CellKind, value: number, row = this.length - 1): boolean {
    const at = row % CHUNK;
    while (this.columns.length <= column) this.columns.push([]);
    const chunks = this.columns[column] as (Chunk | undefined)[];
    const number = Math.floor(row / CHUNK);
    while (chunks.length <= number) chunks.push(undefined);
    const chunk = chunks[number] ?? { kinds: new Uint8Array(CHUNK), values: new Float64Array(CHUNK) };
    chunks[number] = chunk;
    if (chunk.kinds[at] !== 0) return false;
    chunk.kinds[at] = codeOf[kind];
    chunk.values[at] = value;
    this.first = Math.min(this.first, column);
    return true;
  }

  /** The number by which `put` takes a text. */
  textNumber(text: string): number {
    const known = this.numberOf.get(text);
    if (known !== undefined) return known;
    this.numberOf.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  lineOf = (row: number): number => this.rows.at(row);
  // As a table that a spreadsheet program exports: every row has a cell in every column.
  widthOf = (): number => this.width;
  hasMore = (): boolean => false;
  // Cells are no lines of text: none is a comment, and line breaks in one do not move those below it.
  isComment = (): boolean => false;
  hasBreaks = (): boolean => false;

  /** @param c - counted from the first column with a cell */
  kindAt(c: number, row: number): CellKind | null {
    const code = this.columns[this.first + c]?.[Math.floor(row / CHUNK)]?.kinds[row % CHUNK] ?? 0;
    return KINDS[code - 1] ?? null;
  }

  valueAt = (c: number, row: number): number =>
    this.columns[this.first + c]?.[Math.floor(row / CHUNK)]?.values[row % CHUNK] ?? Number.NaN;

  /** Replaces the cells of a row by texts; an empty one is no cell. */
  rename(row: number, texts: readonly string[]): void {
    for (const [c, text] of texts.entries()) {
      const chunk = this.columns[this.first + c]?.[Math.floor(row / CHUNK)];
      if (chunk) chunk.kinds[row % CHUNK] = 0;
      if (text !== '') this.put(this.first + c, 'text', this.textNumber(text), row);
    }
  }

  private textAt(c: number, row: number): string {
    const kind = this.kindAt(c, row);
    if (kind === null) return '';
    const value = this.valueAt(c, row);
    switch (kind) {
      case 'text':
      case 'error':
        return this.texts[value] as string;
      case 'boolean':
        return value === 0 ? 'FALSE' : 'TRUE';
      case 'number':
        return String(value);
      default:
        return textOfSerial(value, kind, this.is1904) ?? String(value);
    }
  }

  cellsOf = (row: number): readonly string[] =>
    Array.from({ length: this.width }, (_, c) => this.textAt(c, row));

  /** The cells of a column, some rows at a time. */
  *parts(c: number): ReturnType<RecordSource['parts']> {
    for (let start = 0; start < this.length && !this.released.has(c); ) {
      const from = start;
      const count = this.partFrom(c, from);
      const cells = () => Array.from({ length: count }, (_, i) => this.textAt(c, from + i));
      yield { start: from, count, bytes: () => packCells(cells()), cells };
      start += count;
    }
  }

  /** How many rows from this one are given together. */
  private partFrom(c: number, start: number): number {
    const end = Math.min(this.length, start + PART);
    let row = start;
    for (let characters = 0; row < end && characters < PART_CHARACTERS; row++)
      if (this.kindAt(c, row) === 'text') characters += this.texts[this.valueAt(c, row)]?.length ?? 0;
    return row - start;
  }

  /** Releases the cells of a column. */
  release(c: number): void {
    this.released.add(c);
    this.columns[this.first + c] = [];
  }
}
