// The interface of a file format: a Blob opened as named columns, each read on demand. Text columns are interpreted in
// readColumns.ts; formats with types return numbers and codes, which are not interpreted.
import type { FormatEntry } from '../../config/catalog.ts';
import type { Note } from '../../core/notes.ts';
import type { Decimal } from '../numbers.ts';
import type { ProgressSink } from '../progress.ts';

/** Ends each cell among the bytes of `TextColumn.packed`, UTF-8 and not trimmed; no text file contains it, see decode.ts. */
export const CELL_END = 0;

/** Cells as they are in the file; types and missing values are found later. */
export interface TextColumn {
  kind: 'text';
  name: string;
  readonly rows: number;
  /** One per row, trimmed; empty where missing. May be rebuilt at every access. */
  readonly cells: string[];
  /** Number of cells that had blanks at their ends. */
  readonly padded: number;
  /** Line of the file where a row's cell begins, counted from 1. */
  lineAt(row: number): number;
  /** What `lineAt` counts: rows if the file has no lines. */
  unit?: 'line' | 'row';
  /** The decimal sign of its numbers, where the file has numbers and not their texts: nothing else decides it then. */
  decimal?: Decimal;
  /** The same cells in parts, so that a long column never exists as a whole. */
  parts?(): Iterable<readonly string[]>;
  /** The same cells as bytes, which most are understood as without a string for each. */
  packed?(): Iterable<Uint8Array>;
  /** The cells are not needed any more; their memory can be released. */
  release?(): void;
}

export const partsOf = (column: TextColumn): Iterable<readonly string[]> =>
  column.parts?.() ?? [column.cells];

export interface NumberColumn {
  kind: 'numbers';
  name: string;
  /** One per row, NaN where missing. */
  values: Float64Array;
  /** The numbers are dates: milliseconds since 1970-01-01 UTC. */
  areDates?: boolean;
  /** How many of the dates had parts of a millisecond, which are cut off. */
  cutDates?: number;
  /** Name of the type in the file. */
  type?: string;
}

export interface CodeColumn {
  kind: 'codes';
  name: string;
  /** One per row: index into `names`, -1 where missing. */
  codes: Int32Array;
  /** In any order; unused names do not count. */
  names: readonly string[];
  /** Name of the type in the file. */
  type?: string;
}

export type ReaderColumn = TextColumn | NumberColumn | CodeColumn;

/** The schema of a table, known before its columns are read. */
export interface TableSchema {
  /** Unique names. */
  columns: readonly string[];
  rows: number;
  /** The cells of the first line if it looks like data and not like names; null if it holds the names. */
  firstRow: string[] | null;
  /** Decides whether "1,234" is 1234 or 1.234, in text where nothing else does. */
  hasSemicolons: boolean;
  /** Notes for the user: ragged rows, renamed headers, lines left out. */
  notes: Note[];
  /** Lines of the file that are not rows of the table. */
  dropped?: readonly DroppedLines[];
  /** Per row: 0 training, 1 validation, 2 test; present if the file defines the split. */
  split?: Uint8Array;
  /** The rows are the sample that the settings ask for; otherwise it is chosen of them. */
  isSampled?: boolean;
}

/** Lines (or rows, if the file has no lines) that were left out for one reason. */
export interface DroppedLines {
  /** Kebab-case. */
  reason: string;
  count: number;
  /** The first few, counted from 1. */
  lines: number[];
  /** Where a table is joined of several. */
  file?: string;
}

/** How many of the lines left out are named. */
const FIRST_LINES = 5;

export const droppedLines = (reason: string, lines: readonly number[]): DroppedLines[] =>
  lines.length === 0 ? [] : [{ reason, count: lines.length, lines: lines.slice(0, FIRST_LINES) }];

/** An open table. */
export interface TableReader {
  schema(): TableSchema;
  /** @param name - a column of the schema */
  column(name: string, progress: ProgressSink): Promise<ReaderColumn>;
  /**
   * Some rows of a column, for formats that can leave the others unread.
   * @param rows - in ascending order
   */
  someOf?(name: string, rows: Uint32Array, progress: ProgressSink): Promise<ReaderColumn>;
}

/** How a text file is cut into cells; see the settings of the same names in `readingParams`. */
export interface LayoutSettings {
  header: 'auto' | 'present' | 'none';
  delimiter: 'auto' | 'comma' | 'semicolon' | 'tab' | 'bar' | 'blank';
  encoding: 'auto' | 'utf-8' | 'utf-16' | 'latin-1';
  /** What happens to lines with more cells than the header has names. */
  badLines: 'refuse' | 'leave-out';
  /** Lines that begin with this are left out; empty: none are. */
  comment: string;
  /** Number of lines above the header that are left out; -1 detects it. */
  skipLines: number;
  /** Which rows of a table that is too large are read. */
  sample: 'all' | 'first' | 'random' | 'stratified';
  sampleRows: number;
  /** The column whose distribution a stratified sample preserves. */
  sampleBy: string;
  /** Name or number of the sheet of a workbook; empty for the first with a table. */
  sheet: string;
}

export const LAYOUT_DEFAULTS: LayoutSettings = {
  header: 'auto',
  delimiter: 'auto',
  encoding: 'auto',
  badLines: 'refuse',
  comment: '#',
  skipLines: -1,
  sample: 'all',
  sampleRows: 100_000,
  sampleBy: '',
  sheet: '',
};

export interface FileFormat extends FormatEntry {
  /** Kinds of content from `sniff` that this format reads, if they are named differently. */
  kinds?: readonly string[];
  /** Any text is valid in this format, so it is chosen only if no other text format fits. */
  isAnyText?: boolean;
  /**
   * Reads as much of the file as the schema needs.
   * @param name - of the file, for messages
   * @param settings - for text files; other formats ignore them
   * @throws WorkbenchError (file) that names the place and the limit
   */
  open(blob: Blob, name: string, settings: LayoutSettings, progress: ProgressSink): Promise<TableReader>;
}

/** Limits above which a file is refused, before memory runs out; `bytes` is for text files. */
export const FILE_LIMITS = {
  bytes: 480 * 2 ** 20,
  columns: 20_000,
  rows: 1_000_000,
  /** Rows of a file that a sample is drawn of column by column. */
  sampledRows: 20_000_000,
  cells: 50_000_000,
} as const;

/** Largest file in bytes of which a sample is read, by formats that leave the other rows unread. */
export const SAMPLED_BYTES = 16 * 2 ** 30;
