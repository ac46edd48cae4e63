// The records of a delimited text file, stored column by column: the bytes of the cells per column and block, so that a million
// rows cost little more than their bytes, no row is an object, and none of it is on the JavaScript heap.
import type { CellCutter } from './cellCutter.ts';
import { CELL_END } from './format.ts';

const END = String.fromCharCode(CELL_END);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const GONE = new Uint8Array(0);
/** Cells as bytes, each with `CELL_END` behind it. */
export const packCells = (cells: readonly string[]): Uint8Array =>
  cells.length === 0 ? GONE : encoder.encode(`${cells.join(END)}${END}`);
const cutUp = (bytes: Uint8Array): string[] =>
  bytes.length === 0 ? [] : decoder.decode(bytes.subarray(0, -1)).split(END);
const [COMMENT, BREAKS, MORE] = [1, 2, 4];
/** How many first records are also kept as they are, to find where the table begins. */
const HEAD = 2400;
/** How many last records are kept so. */
const TAIL = 64;

interface Block {
  start: number;
  count: number;
  /** The cells of each column; may have fewer columns than other blocks. */
  columns: Uint8Array[];
}

/** Some cells of a column, on end. */
interface Part {
  start: number;
  count: number;
  /** Each with `CELL_END` behind it. */
  bytes(): Uint8Array;
  cells(): string[];
}

/** What is known of a record besides its cells. */
export interface RecordFacts {
  /** Line on which it begins, counted from 1. */
  line: number;
  isComment: boolean;
  /** Whether a cell holds line breaks. */
  hasBreaks: boolean;
}

/** A growing list of numbers. */
export class Numbers {
  private values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Uint32Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  at = (i: number): number => this.values[i] as number;

  /** Sets bits of a number. */
  set(i: number, bits: number): void {
    this.values[i] = this.at(i) | bits;
  }
}

export class RecordStore {
  private readonly blocks: Block[] = [];
  private readonly lines = new Numbers();
  private readonly widths = new Numbers();
  private readonly flags = new Numbers();
  private readonly head: (readonly string[])[] = [];
  private tail: (readonly string[])[] = [];
  /** Cache of the block read last, cell by cell, because records are read in order. */
  private cut: { block: Block; cells: string[][] } | null = null;

  /** @param width - number of cells kept per record; of further cells only whether one is non-empty */
  constructor(public width: number) {}

  get length(): number {
    return this.lines.length;
  }

  /**
   * @param records - in file order, none blank
   * @param facts - one per record
   */
  add(records: readonly (readonly string[])[], facts: readonly RecordFacts[]): void {
    if (records.length === 0) return;
    const start = this.length;
    for (const [i, cells] of records.entries())
      this.note(facts[i] as RecordFacts, cells.length, () =>
        cells.slice(this.width).some((cell) => cell.trim() !== ''),
      );
    const widest = records.reduce((most, { length }) => Math.max(most, Math.min(length, this.width)), 0);
    const columns = Array.from({ length: widest }, () => new Array<string>(records.length).fill(''));
    for (const [i, cells] of records.entries())
      for (let c = 0; c < cells.length && c < widest; c++) (columns[c] as string[])[i] = cells[c] as string;
    this.blocks.push({ start, count: records.length, columns: columns.map(packCells) });
    for (let i = 0; i < records.length && this.head.length < HEAD; i++) this.head.push(copyOf(records[i]));
    this.tail = [...this.tail, ...records.slice(-TAIL).map(copyOf)].slice(-TAIL);
  }

  /**
   * The same of records that are bytes.
   * @param records - which of those that `cut` has found in the bytes
   */
  addCut(bytes: Uint8Array, cut: CellCutter, records: Int32Array, facts: readonly RecordFacts[]): void {
    if (records.length === 0) return;
    const start = this.length;
    let widest = 0;
    for (const [i, record] of records.entries()) {
      const width = cut.width(record);
      this.note(facts[i] as RecordFacts, width, () => cut.isFilled(record, bytes, this.width));
      widest = Math.max(widest, Math.min(width, this.width));
    }
    const columns = cut.packColumns(widest, records, bytes);
    this.blocks.push({ start, count: records.length, columns });
    const cellsOf = (record: number) => cutUp(cut.packRecord(record, bytes));
    for (let i = 0; i < records.length && this.head.length < HEAD; i++)
      this.head.push(cellsOf(records[i] as number));
    this.tail = [...this.tail, ...Array.from(records.subarray(-TAIL), cellsOf)].slice(-TAIL);
  }

  private note({ line, isComment, hasBreaks }: RecordFacts, width: number, hasMore: () => boolean): void {
    const isMore = width > this.width && hasMore();
    this.lines.push(line);
    this.widths.push(width);
    this.flags.push((isComment ? COMMENT : 0) | (hasBreaks ? BREAKS : 0) | (isMore ? MORE : 0));
  }

  /** Keeps fewer cells per record. */
  narrow(width: number): void {
    for (const { start, count, columns } of this.blocks) {
      const gone = columns.splice(width);
      for (const cells of gone.map(cutUp))
        for (let i = 0; i < count; i++) if (cells[i]?.trim() !== '') this.flags.set(start + i, MORE);
    }
    this.width = width;
  }

  lineOf = (i: number): number => this.lines.at(i);
  /** Number of cells of the record in the file. */
  widthOf = (i: number): number => this.widths.at(i);
  isComment = (i: number): boolean => (this.flags.at(i) & COMMENT) !== 0;
  hasBreaks = (i: number): boolean => (this.flags.at(i) & BREAKS) !== 0;
  /** Whether a cell after the kept ones is non-empty. */
  hasMore = (i: number): boolean => (this.flags.at(i) & MORE) !== 0;

  cellsOf(i: number): readonly string[] {
    const kept = this.head[i] ?? this.tail[i - this.length + this.tail.length];
    if (kept) return kept;
    if (!this.cut || i < this.cut.block.start || i >= this.cut.block.start + this.cut.block.count) {
      const block = this.blocks.find(({ start, count }) => i >= start && i < start + count) as Block;
      this.cut = { block, cells: block.columns.map(cutUp) };
    }
    const { block, cells } = this.cut;
    return cells.slice(0, this.widthOf(i)).map((column) => column[i - block.start] as string);
  }

  /** The cells of a column block by block, empty where a record has none; nothing of one that was released. */
  *parts(c: number): Generator<Part> {
    for (const { columns, start, count } of this.blocks) {
      const bytes = columns[c] ?? new Uint8Array(count);
      if (bytes !== GONE) yield { start, count, bytes: () => bytes, cells: () => cutUp(bytes) };
    }
  }

  /** Releases the cells of a column, except those of the first and last records. */
  release(c: number): void {
    this.cut = null;
    for (const { columns } of this.blocks) if (c < columns.length) columns[c] = GONE;
  }
}

/** A substring keeps its whole string alive; joining and splitting the list makes new strings. */
const copyOf = (cells: readonly string[] = []): readonly string[] => cells.join(END).split(END);

const pick = (cells: readonly string[], start: number, rows: Uint32Array): string[] =>
  Array.from(rows, (row) => cells[row - start] as string);

/** Where records are stored. */
export type RecordSource = Pick<
  RecordStore,
  'length' | 'lineOf' | 'widthOf' | 'isComment' | 'hasBreaks' | 'hasMore' | 'cellsOf' | 'parts' | 'release'
>;

/** A subset of the records of a store. */
export class Records {
  /** @param rows - numbers of records in the store, in file order */
  constructor(
    private readonly store: RecordSource,
    private readonly rows: Uint32Array = Uint32Array.from({ length: store.length }, (_, i) => i),
  ) {}

  get length(): number {
    return this.rows.length;
  }

  private at = (i: number): number => this.rows[i] as number;
  /** Number of the record in the store. */
  row = (i: number): number => this.at(i);
  line = (i: number): number => this.store.lineOf(this.at(i));
  width = (i: number): number => this.store.widthOf(this.at(i));
  isComment = (i: number): boolean => this.store.isComment(this.at(i));
  hasBreaks = (i: number): boolean => this.store.hasBreaks(this.at(i));
  cells = (i: number): readonly string[] => this.store.cellsOf(this.at(i));
  slice = (from: number, to?: number): Records => new Records(this.store, this.rows.subarray(from, to));
  filter = (isKept: (i: number) => boolean): Records =>
    new Records(
      this.store,
      this.rows.filter((_, i) => isKept(i)),
    );

  /** Positions for which the predicate holds. */
  where(holds: (i: number) => boolean): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.length; i++) if (holds(i)) found.push(i);
    return found;
  }

  every(holds: (i: number) => boolean): boolean {
    for (let i = 0; i < this.length; i++) if (!holds(i)) return false;
    return true;
  }

  /** The cells of the first records. */
  heads = (count: number): (readonly string[])[] =>
    Array.from({ length: Math.min(count, this.length) }, (_, i) => this.cells(i));

  /** Whether a cell at or after position `width` is non-empty. */
  isLonger(i: number, width: number): boolean {
    if (this.width(i) <= width) return false;
    return (
      this.store.hasMore(this.at(i)) ||
      this.cells(i)
        .slice(width)
        .some((cell) => cell.trim() !== '')
    );
  }

  /** The cells of a column in parts. */
  *parts(c: number): Generator<string[]> {
    for (const { cells, start, rows } of this.partsOf(c))
      yield rows === null ? cells() : pick(cells(), start, rows);
  }

  /** The same as bytes, each cell with `CELL_END` behind it. */
  *packed(c: number): Generator<Uint8Array> {
    for (const { bytes, cells, start, rows } of this.partsOf(c))
      yield rows === null ? bytes() : packCells(pick(cells(), start, rows));
  }

  /** @returns `rows`: the records that belong here; null for all of the part */
  private *partsOf(c: number) {
    let at = 0;
    for (const part of this.store.parts(c)) {
      const from = at;
      const behind = part.start + part.count;
      if (this.rows[at + part.count - 1] === behind - 1 && this.rows[at] === part.start) at += part.count;
      else while (at < this.length && this.at(at) < behind) at++;
      if (at === from) continue;
      yield { ...part, rows: at - from === part.count ? null : this.rows.subarray(from, at) };
    }
  }

  column = (c: number): string[] => [...this.parts(c)].flat();

  release = (c: number): void => this.store.release(c);
}
