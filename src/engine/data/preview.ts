// A parsed table before targets are chosen, as the page shows its columns.
import type { Note } from '../core/notes.ts';
import type { TaskMeta } from './table.ts';

/** A parsed column before targets are chosen. */
export interface ColumnPreview {
  name: string;
  kind: 'numeric' | 'categorical' | 'date';
  distinct: number;
  missing: number;
  /** The task type of this column as a target, or null, with the reason why it cannot be one. */
  suggestedTask: TaskMeta['type'] | null;
  reason?: string;
  examples: string[];
  /** The default positive class of a column with two values. */
  positive?: string;
}

export interface TablePreview {
  name: string;
  rows: number;
  columns: ColumnPreview[];
  notes: Note[];
}
