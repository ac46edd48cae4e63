// The interface of a file format: bytes into named text columns. What the text means is decided in columns.ts.
import type { Note } from '../../core/notes.ts';

/** A table as read: every cell is text, missing cells are empty. */
export interface RawTable {
  columns: { name: string; cells: string[] }[];
  rows: number;
  /** What a reader should know: ragged rows, renamed headers. */
  notes: Note[];
}

export interface FileFormat {
  id: string;
  label: string;
  /** With the dot, lower case. */
  extensions: readonly string[];
  /** @throws WorkbenchError (file) that names the line and the limit */
  read(bytes: Uint8Array, name: string): RawTable;
}

/** Refused above these, before memory runs out. */
export const FILE_LIMITS = { bytes: 256 * 2 ** 20, columns: 544, rows: 1_000_000 } as const;
