// Tables and files as the page knows them: columns before targets are chosen, and the dataset of a run.
import type { Note } from '../core/notes.ts';
import type { LabelCounts } from '../data/labels.ts';
import type { ClassCounts } from '../data/splitNotes.ts';
import type { FeatureMeta, Relatedness, Standardisation, TaskMeta } from '../data/table.ts';

export interface DatasetSummary {
  name: string;
  rows: number;
  /** Identifies the table's rows, see `data/rowHashes.ts`; only for rows from a file. */
  fingerprint?: string;
  split: { train: number; validation: number; test: number };
  features: FeatureMeta[];
  tasks: TaskMeta[];
  targetScaling: (Standardisation | null)[];
  /** Labelled rows per task in each split; absent in runs recorded before labels could be missing. */
  labelled?: LabelCounts[];
  /** Rows per class in each split, classification only. */
  classCounts: (ClassCounts | null)[];
  relatedness: Relatedness;
  notes: Note[];
}

/** Extensions of weights files that can be measured. */
export const WEIGHT_FILES = ['.safetensors', '.pt', '.pth', '.ckpt'] as const;
