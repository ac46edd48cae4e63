// The interface of everything rows can come from. A source plans cheaply (names, counts, refusals) before it
// generates, so the page can label and price an experiment without making a single row.
import type { SourceEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Dataset, FeatureMeta, FittedTable, TaskMeta } from './table.ts';

/** A file the user gave, or an example of ours: its name and its bytes. */
export interface FileInput {
  name: string;
  bytes: Uint8Array;
}

/** Trained weights, and what a file beside them says of them where the format has no place for that. */
export interface WeightsInput extends FileInput {
  card?: FileInput;
}

export interface SourceRequest {
  data: Params;
  tasks: Params;
  /** Present when the experiment names a file. */
  file?: FileInput;
  /** How columns are encoded, where that is given with trained weights and not fitted on the training rows. */
  fitted?: FittedTable;
  /** Classes of binary targets are numbered by name, unless a positive one is asked for: what other tools do. */
  classesByName?: boolean;
}

/** How given weights say, or are taken to say, that a table is encoded. */
export type GivenEncoding = Pick<SourceRequest, 'fitted' | 'classesByName'>;

/** What a dataset will look like. */
export interface DataPlan {
  rows: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
}

/** Called now and then with the finished share in [0, 1]; awaiting it lets messages in. Throws to cancel. */
export type ProgressSink = (fraction: number, phase: string) => Promise<void>;

export interface DataSource extends SourceEntry {
  /** Rules that span settings; paths start with `data.params.` or `tasks.`. Empty when all is well. */
  check(request: SourceRequest): Issue[];
  /** Cheap metadata; call only when `check` is empty. */
  plan(request: SourceRequest): DataPlan;
  /** The whole table, encoded, split and standardised. */
  generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset>;
}
