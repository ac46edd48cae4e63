// The file of an experiment's rows, as passed between page, worker and command line: never read as a whole for passing it, and
// recognised by its id after a message has copied it.
import { newId } from '../core/newId.ts';
import type { Catalog } from './catalog.ts';
import type { Experiment } from './experiment.ts';
import type { Params } from './params.ts';

/** Splits that may have a file of their own, and the settings that name it. */
export const SPLIT_FILES = { validation: 'validationFile', test: 'testFile' } as const;
export type SplitWithFile = keyof typeof SPLIT_FILES;

/** A file of rows for one split. */
export type SplitFile = Pick<TableInput, 'name' | 'blob'>;

/** A file of the user, or an example table. */
export interface TableInput {
  /** Equal for all copies of this object, and unique otherwise. */
  id: string;
  /** With its extension, which indicates the format. */
  name: string;
  /** Copying it in a message or into storage copies no bytes. */
  blob: Blob;
  /** Its columns as parsed earlier, and the settings used; see engine/data/prepared.ts. */
  prepared?: { key: string; blob: Blob };
  /** Files with the rows of other splits; only those named by the settings are read. */
  splits?: Partial<Record<SplitWithFile, SplitFile>>;
}

export const tableInput = (name: string, blob: Blob): TableInput => ({ id: newId(), name, blob });

/** The table with another file for a split, or with none: a new input, because it is read differently. */
export function withSplitFile(
  { name, blob, splits }: TableInput,
  split: SplitWithFile,
  file: SplitFile | null,
): TableInput {
  const { [split]: _before, ...others } = splits ?? {};
  return { ...tableInput(name, blob), splits: file ? { ...others, [split]: file } : others };
}

/** The settings without files for splits that are not at hand, so that the table can be shown before they are chosen. */
export function readableOf(data: Params, { splits }: TableInput): Params {
  const params = { ...data };
  for (const [split, key] of Object.entries(SPLIT_FILES) as [SplitWithFile, string][])
    if (splits?.[split]?.name !== params[key]) params[key] = '';
  return params;
}

/** Whether the experiment takes its rows from a file. */
export const needsFile = (experiment: Experiment | null, catalog: Catalog | null): boolean =>
  catalog?.sources.some(({ id, needsFile }) => needsFile && id === experiment?.data.id) ?? false;

/** The name of the experiment's table file; null if it needs none, or names none yet. */
export function fileNameOf(experiment: Experiment, catalog: Catalog | null): string | null {
  const { file } = experiment.data.params;
  return needsFile(experiment, catalog) && typeof file === 'string' && file !== '' ? file : null;
}

/** `file` if the experiment takes its rows from one. */
export const attachedFile = (
  experiment: Experiment | null,
  catalog: Catalog | null,
  file: TableInput | null,
): TableInput | undefined => (needsFile(experiment, catalog) && file ? file : undefined);
