// Everything a run needs to go on after a reload.
import type { Experiment } from '../config/experiment.ts';
import { type TableInput, tableInput } from '../config/tableInput.ts';
import type { WeightsInput } from '../data/source.ts';

/** Version 2: epochs are chosen by metric, then loss, and their losses weigh batches by their rows. */
export const CHECKPOINT_VERSION = 2;

/** Everything needed to go on exactly: parameters, optimizer state, counters, curves so far. */
export interface Checkpoint {
  version: typeof CHECKPOINT_VERSION;
  runId: string;
  experiment: Experiment;
  file?: TableInput;
  /** Trained weights the model was given instead of training. */
  weights?: WeightsInput;
  /** Position in the list of seeds. */
  seedIndex: number;
  seeds: number[];
  epoch: number;
  step: number;
  savedAt: number;
  /** Opaque to all but the session: named arrays and small JSON. */
  tensors: Record<string, Float32Array>;
  state: unknown;
}

/** The file of checkpoints of before: its bytes. */
interface FileOfBytes {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const isOfBytes = (file: TableInput | FileOfBytes): file is FileOfBytes => 'bytes' in file;

/** A checkpoint as it was kept, brought up to date; null where another version of the workbench has to go on. */
export function readCheckpoint(kept: Checkpoint | undefined): Checkpoint | null {
  if (kept?.version !== CHECKPOINT_VERSION) return null;
  const file: TableInput | FileOfBytes | undefined = kept.file;
  if (!file || !isOfBytes(file)) return kept;
  return { ...kept, file: tableInput(file.name, new Blob([file.bytes])) };
}
