// The interface of a file format: a Blob opened as named columns, each read when it is asked for. Columns of text are
// interpreted in readColumns.ts; formats that know types hand over numbers and codes, which nothing interprets.
import type { FormatEntry } from '../../config/catalog.ts';
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';

/** Cells as they stand in the file; whether they are numbers or categories, and which are missing, is found later. */
export interface TextColumn {
  kind: 'text';
  name: string;
  readonly rows: number;
  /** One per row, without blanks at its ends; empty where missing. May be made each time that it is asked for. */
  readonly cells: string[];
  /** Cells that had blanks at their ends. */
  readonly padded: number;
  /** Line of the file on which the cell of a row begins, counted from 1. */
  lineAt(row: number): number;
  /** What `lineAt` counts: rows where the file has no lines. */
  unit?: 'line' | 'row';
  /** The same cells, part by part: a column as long as a file is never there as a whole. */
  parts?(): Iterable<readonly string[]>;
  /** The cells are not asked for again, and their memory can go. */
  release?(): void;
}

export const partsOf = (column: TextColumn): Iterable<readonly string[]> =>
  column.parts?.() ?? [column.cells];

export interface NumberColumn {
  kind: 'numbers';
  name: string;
  /** One per row, NaN where missing. */
  values: Float64Array;
  /** They are dates: milliseconds since 1970-01-01 UTC. */
  areDates?: boolean;
  /** What the file calls their type. */
  type?: string;
}

export interface CodeColumn {
  kind: 'codes';
  name: string;
  /** One per row: index into `names`, -1 where missing. */
  codes: Int32Array;
  /** In any order; names that no row has do not count. */
  names: readonly string[];
  /** What the file calls their type. */
  type?: string;
}

export type ReaderColumn = TextColumn | NumberColumn | CodeColumn;

/** What is known of a table before its columns are read. */
export interface TableSchema {
  /** Names, each once. */
  columns: readonly string[];
  rows: number;
  /** The cells of the first line where that looks like data and names nothing; null where it holds the names. */
  firstRow: string[] | null;
  /** What decides between "1,234" as 1234 and as 1.234 in text where nothing else in the file does. */
  hasSemicolons: boolean;
  /** What a reader should know: ragged rows, renamed headers, lines left out. */
  notes: Note[];
  /** Lines of the file that are no rows of the table. */
  dropped?: readonly DroppedLines[];
  /** Per row 0 for training, 1 for validation, 2 for test, where the file says so. */
  split?: Uint8Array;
}

/** Lines, or where a file has none rows, that were left out for one reason. */
export interface DroppedLines {
  /** Kebab-case. */
  reason: string;
  count: number;
  /** The first of them, counted from 1. */
  lines: number[];
  /** Where a table is joined of several. */
  file?: string;
}

/** At most this many of the lines that were left out are named. */
const FIRST_LINES = 5;

export const droppedLines = (reason: string, lines: readonly number[]): DroppedLines[] =>
  lines.length === 0 ? [] : [{ reason, count: lines.length, lines: lines.slice(0, FIRST_LINES) }];

/** An open table. */
export interface TableReader {
  schema(): TableSchema;
  /** @param name - one of the schema */
  column(name: string, progress: ProgressSink): Promise<ReaderColumn>;
}

/** How a file of text is cut into cells; the settings of the same names, see `readingParams`. */
export interface LayoutSettings {
  header: 'auto' | 'present' | 'none';
  delimiter: 'auto' | 'comma' | 'semicolon' | 'tab' | 'bar' | 'blank';
  encoding: 'auto' | 'utf-8' | 'utf-16' | 'latin-1';
  /** What happens to lines with more cells than the header has names. */
  badLines: 'refuse' | 'leave-out';
  /** Lines that begin with this are left out; empty for none. */
  comment: string;
  /** Lines above the header that are left out; -1 finds them. */
  skipLines: number;
  /** Which rows are read of a table that is too large. */
  sample: 'all' | 'first' | 'random' | 'stratified';
  sampleRows: number;
  /** The column whose values a stratified sample keeps in proportion. */
  sampleBy: string;
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
};

export interface FileFormat extends FormatEntry {
  /** Kinds of content that `sniff` knows and this reads, where they are called otherwise than the format. */
  kinds?: readonly string[];
  /** Any text can be one, so that text of another kind is not taken for it. */
  isAnyText?: boolean;
  /**
   * Reads as much of the file as it takes to know the schema.
   * @param name - of the file, for messages
   * @param settings - of files of text; other formats need none
   * @throws WorkbenchError (file) that names the place and the limit
   */
  open(blob: Blob, name: string, settings: LayoutSettings, progress: ProgressSink): Promise<TableReader>;
}

/** Refused above these, before memory runs out; bytes of a file of text. */
export const FILE_LIMITS = {
  bytes: 480 * 2 ** 20,
  columns: 20_000,
  rows: 1_000_000,
  cells: 50_000_000,
} as const;
