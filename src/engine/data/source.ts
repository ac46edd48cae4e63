// The interface of data sources. A source plans cheaply (names, counts, issues) before it generates, so the page can label and
// price an experiment without generating rows.
import type { SourceEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import type { Issue } from '../core/errors.ts';
import type { ParsedTable } from './columns.ts';
import type { ProgressSink } from './progress.ts';
import type { Dataset, FeatureMeta, FittedTable, TaskMeta } from './table.ts';

/** A file that is read as a whole: weights, or their description. */
export interface FileInput {
  name: string;
  bytes: Uint8Array;
}

/** Trained weights, and a description from a file beside them where the format cannot hold it. */
export interface WeightsInput extends FileInput {
  card?: FileInput;
}

export interface SourceRequest {
  data: Params;
  tasks: Params;
  /** The table of a source that reads a file; opened before, see `openRequest`. */
  table?: ParsedTable;
  /** The fitted encoding that came with trained weights, instead of one fitted on the training rows. */
  fitted?: FittedTable;
  /** Number binary classes by name unless a positive class is set, as other tools do. */
  classesByName?: boolean;
}

/** The encoding stated by, or assumed for, given weights. */
export type GivenEncoding = Pick<SourceRequest, 'fitted' | 'classesByName'>;

/** Description of a dataset before it is generated. */
export interface DataPlan {
  rows: number;
  /** Where the fractions of the splits do not say it. */
  trainingRows?: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
}

/** A table, or why it could not be opened. */
export type Opened = { table: ParsedTable; issues?: undefined } | { table?: undefined; issues: Issue[] };

export interface DataSource extends Omit<SourceEntry, 'needsFile'> {
  /** For sources that read a file. Call it before the others, which work on the table; throws what `progress` throws. */
  open?(file: TableInput | undefined, data: Params, progress: ProgressSink): Promise<Opened>;
  /** Issues of rules that span several settings; paths start with `data.params.` or `tasks.`. */
  check(request: SourceRequest): Issue[];
  /** Cheap metadata; call only if `check` returned no issues. */
  plan(request: SourceRequest): DataPlan;
  /** The whole table, encoded, split and standardised. */
  generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset>;
}
