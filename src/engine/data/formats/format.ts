// The interface of a file format: bytes into named text columns. What the text means is decided in columns.ts.
import type { Note } from '../../core/notes.ts';

export interface RawColumn {
  name: string;
  /** One per row, without blanks at its ends. */
  cells: string[];
  /** Cells that had blanks at their ends. */
  padded: number;
}

/** A table as read: every cell is text, missing cells are empty. */
export interface RawTable {
  columns: RawColumn[];
  rows: number;
  /** Line of the file on which each row begins, counted from 1. */
  lines: Int32Array;
  /** Of rows with line breaks in their cells: how many stand before each column. */
  breaks: ReadonlyMap<number, Int32Array>;
  /** The cells of the first line where that looks like data and names nothing; null where it holds the names. */
  firstRow: string[] | null;
  /** What decides between "1,234" as 1234 and as 1.234 where nothing else in the file does. */
  hasSemicolons: boolean;
  /** What a reader should know: ragged rows, renamed headers, lines left out. */
  notes: Note[];
}

/** Line of the file on which the cell of a row and a column begins, counted from 1. */
export const lineOf = ({ lines, breaks }: RawTable, row: number, column: number): number =>
  (lines[row] ?? 0) + (breaks.get(row)?.[column] ?? 0);

/** How a file is cut into cells; the settings of the same names, see `readingParams`. */
export interface LayoutSettings {
  header: 'auto' | 'present' | 'none';
  delimiter: 'auto' | 'comma' | 'semicolon' | 'tab' | 'bar';
  /** Lines that begin with this are left out; empty for none. */
  comment: string;
  /** Lines above the header that are left out; -1 finds them. */
  skipLines: number;
}

export const LAYOUT_DEFAULTS: LayoutSettings = {
  header: 'auto',
  delimiter: 'auto',
  comment: '#',
  skipLines: -1,
};

export interface FileFormat {
  id: string;
  label: string;
  /** With the dot, lower case. */
  extensions: readonly string[];
  /** @throws WorkbenchError (file) that names the line and the limit */
  read(bytes: Uint8Array, name: string, settings?: LayoutSettings): RawTable;
}

/** Refused above these, before memory runs out. */
export const FILE_LIMITS = { bytes: 256 * 2 ** 20, columns: 544, rows: 1_000_000 } as const;
