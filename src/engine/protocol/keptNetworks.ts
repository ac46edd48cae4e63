// The networks of a run that is over, as they are kept: enough to look into them again without training.
import type { TableInput } from '../config/tableInput.ts';
import type { Role } from '../core/roles.ts';
import type { WeightsInput } from '../data/source.ts';
import type { NetworkInfo } from './result.ts';

export const KEPT_VERSION = 1;

/** Those of the last seed of a run, with the values they were tested with. */
export interface KeptNetworks {
  version: typeof KEPT_VERSION;
  seed: number;
  /** The epoch at which the run ended. */
  epoch: number;
  /** Tells the table they were trained on from any other, see `weights/rowHashes.ts`. */
  table: string;
  /** Parameters and buffers as `role/kind/index`. */
  tensors: Record<string, Float32Array>;
  /** `state`: counters and curves, opaque to all but the network itself. */
  networks: { role: Role; info: NetworkInfo; state: unknown }[];
  /** The file that the rows come from. */
  file?: TableInput;
  /** Weights that the model was given instead of training: the table is encoded as they say. */
  weights?: WeightsInput;
}
