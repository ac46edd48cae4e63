// Everything a run needs to resume after a reload.
import type { Experiment } from '../config/experiment.ts';
import { type TableInput, tableInput } from '../config/tableInput.ts';
import type { WeightsInput } from '../data/source.ts';

/** Version 2: epochs are chosen by metric, then loss, and their losses weight batches by their rows. */
export const CHECKPOINT_VERSION = 2;

/** Everything needed to resume exactly: parameters, optimizer state, counters, curves so far. */
export interface Checkpoint {
  version: typeof CHECKPOINT_VERSION;
  runId: string;
  experiment: Experiment;
  file?: TableInput;
  /** Trained weights given to the model instead of training. */
  weights?: WeightsInput;
  /** Position in the list of seeds. */
  seedIndex: number;
  seeds: number[];
  epoch: number;
  step: number;
  savedAt: number;
  /** Known only to the session: named arrays and small JSON. */
  tensors: Record<string, Float32Array>;
  state: unknown;
}

/** The file in older checkpoints: its bytes. */
interface FileOfBytes {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const isOfBytes = (file: TableInput | FileOfBytes): file is FileOfBytes => 'bytes' in file;

/** A stored checkpoint, migrated to the current version; null if only another version of the workbench can resume it. */
export function readCheckpoint(kept: Checkpoint | undefined): Checkpoint | null {
  if (kept?.version !== CHECKPOINT_VERSION) return null;
  const file: TableInput | FileOfBytes | undefined = kept.file;
  if (!file || !isOfBytes(file)) return kept;
  return { ...kept, file: tableInput(file.name, new Blob([file.bytes])) };
}
