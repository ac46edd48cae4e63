// The networks of an ended run as stored: enough to probe them again without training.
import type { TableInput } from '../config/tableInput.ts';
import type { Role } from '../core/roles.ts';
import type { WeightsInput } from '../data/source.ts';
import type { NetworkInfo } from './result.ts';

export const KEPT_VERSION = 1;

/** The networks of a run's last seed, with the values that were tested. */
export interface KeptNetworks {
  version: typeof KEPT_VERSION;
  seed: number;
  /** The epoch at which the run ended. */
  epoch: number;
  /** Identifies the table that they were trained on, see `data/rowHashes.ts`. */
  table: string;
  /** Parameters and buffers as `role/kind/index`. */
  tensors: Record<string, Float32Array>;
  /** `state`: counters and curves, known only to the network itself. */
  networks: { role: Role; info: NetworkInfo; state: unknown }[];
  /** The file that the rows come from. */
  file?: TableInput;
  /** Weights given to the model instead of training; they determine the table's encoding. */
  weights?: WeightsInput;
}
