// Tables and files as the page knows them: columns before targets are chosen, and the dataset that a run is made of.
import type { Note } from '../core/notes.ts';
import type { ClassCounts } from '../data/splitNotes.ts';
import type { FeatureMeta, Relatedness, Standardisation, TaskMeta } from '../data/table.ts';

/** A column of a table as read, before targets are chosen. */
export interface ColumnPreview {
  name: string;
  kind: 'numeric' | 'categorical';
  distinct: number;
  missing: number;
  /** The task type this column would have as a target, or null with the reason when it cannot be one. */
  suggestedTask: TaskMeta['type'] | null;
  reason?: string;
  examples: string[];
  /** Of a column with two values: the class that is positive unless another is chosen. */
  positive?: string;
}

export interface TablePreview {
  name: string;
  rows: number;
  columns: ColumnPreview[];
  notes: Note[];
}

export interface DatasetSummary {
  name: string;
  rows: number;
  split: { train: number; validation: number; test: number };
  features: FeatureMeta[];
  tasks: TaskMeta[];
  targetScaling: (Standardisation | null)[];
  /** Rows per class in each split, classification only. */
  classCounts: (ClassCounts | null)[];
  relatedness: Relatedness;
  notes: Note[];
}

/** Endings of files with weights that can be measured. */
export const WEIGHT_FILES = ['.safetensors', '.pt', '.pth', '.ckpt'] as const;
