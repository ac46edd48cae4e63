// The file that an experiment takes its rows from, as the page, the worker and the command line hand it on: never read
// whole to be passed, and known again by its id after a message has brought a copy.
import { newId } from '../core/newId.ts';
import type { Catalog } from './catalog.ts';
import type { Experiment } from './experiment.ts';
import type { Params } from './params.ts';

/** Splits that may have a file of their own, and the setting that names it. */
export const SPLIT_FILES = { validation: 'validationFile', test: 'testFile' } as const;
export type SplitWithFile = keyof typeof SPLIT_FILES;

/** A file of rows for one split. */
export type SplitFile = Pick<TableInput, 'name' | 'blob'>;

/** A file the user gave, or an example of ours. */
export interface TableInput {
  /** The same for all copies of this object, and for nothing else. */
  id: string;
  /** With its ending, which says the format. */
  name: string;
  /** Copying it in a message or into storage copies no bytes. */
  blob: Blob;
  /** Its columns as they were read before, and with which settings; see engine/data/prepared.ts. */
  prepared?: { key: string; blob: Blob };
  /** Files with the rows of other splits; those that the settings name are read. */
  splits?: Partial<Record<SplitWithFile, SplitFile>>;
}

export const tableInput = (name: string, blob: Blob): TableInput => ({ id: newId(), name, blob });

/** The table with another file for a split, or with none: another input, for it is read otherwise. */
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

/** The name of the file that the experiment takes its rows from; null where it takes none, or names none yet. */
export function fileNameOf(experiment: Experiment, catalog: Catalog | null): string | null {
  const { file } = experiment.data.params;
  return needsFile(experiment, catalog) && typeof file === 'string' && file !== '' ? file : null;
}

/** `file` where the experiment takes its rows from one. */
export const attachedFile = (
  experiment: Experiment | null,
  catalog: Catalog | null,
  file: TableInput | null,
): TableInput | undefined => (needsFile(experiment, catalog) && file ? file : undefined);
