// The file that an experiment takes its rows from, as the page, the worker and the command line hand it on: never read
// whole to be passed, and known again by its id after a message has brought a copy.
import { newId } from '../core/newId.ts';
import type { Catalog } from './catalog.ts';
import type { Experiment } from './experiment.ts';

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
}

export const tableInput = (name: string, blob: Blob): TableInput => ({ id: newId(), name, blob });

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
