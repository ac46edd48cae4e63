// A table as read, before targets are chosen: what the page shows of its columns.
import type { Note } from '../core/notes.ts';
import type { TaskMeta } from './table.ts';

/** A column of a table as read, before targets are chosen. */
export interface ColumnPreview {
  name: string;
  kind: 'numeric' | 'categorical' | 'date';
  distinct: number;
  missing: number;
  /** The task type this column would have as a target, or null with the reason when it cannot be one. */
  suggestedTask: TaskMeta['type'] | null;
  reason?: string;
  examples: string[];
  /** The class that is positive unless another is chosen, of a column with two values. */
  positive?: string;
}

export interface TablePreview {
  name: string;
  rows: number;
  columns: ColumnPreview[];
  notes: Note[];
}
