// The interface of everything rows can come from. A source plans cheaply (names, counts, refusals) before it
// generates, so the page can label and price an experiment without making a single row.
import type { SourceEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import type { Issue } from '../core/errors.ts';
import type { ParsedTable } from './columns.ts';
import type { ProgressSink } from './progress.ts';
import type { Dataset, FeatureMeta, FittedTable, TaskMeta } from './table.ts';

/** A file that is read whole: weights, or what is said of them. */
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
  /** The table of a source that reads a file, opened before, see `openRequest`. */
  table?: ParsedTable;
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
  /** Where the fractions of the splits do not say it. */
  trainingRows?: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
}

/** A table, or why there is none. */
export type Opened = { table: ParsedTable; issues?: undefined } | { table?: undefined; issues: Issue[] };

export interface DataSource extends Omit<SourceEntry, 'needsFile'> {
  /** Sources that read a file have this. Call it before the others, which work on the table; it throws what `progress` throws. */
  open?(file: TableInput | undefined, data: Params, progress: ProgressSink): Promise<Opened>;
  /** Rules that span settings; paths start with `data.params.` or `tasks.`. Empty when all is well. */
  check(request: SourceRequest): Issue[];
  /** Cheap metadata; call only when `check` is empty. */
  plan(request: SourceRequest): DataPlan;
  /** The whole table, encoded, split and standardised. */
  generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset>;
}
