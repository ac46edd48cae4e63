// What a run leaves of its networks, so that a later visit can open them again (openedRun.ts).
import type { TableInput } from '../config/tableInput.ts';
import { fingerprint, rowHashes } from '../data/rowHashes.ts';
import type { WeightsInput } from '../data/source.ts';
import type { Dataset } from '../data/table.ts';
import { KEPT_VERSION, type KeptNetworks } from '../protocol/keptNetworks.ts';
import type { SeedRun } from './seedRun.ts';

/** The data of a run. */
interface RunData {
  dataset: Dataset;
  /** Of its rows, where it is known already. */
  fingerprint: string | undefined;
  file: TableInput | undefined;
  /** Given to the model instead of training. */
  weights: WeightsInput | undefined;
}

/** @param current - the seed in training, or trained last */
export async function keptNetworks(current: SeedRun, data: RunData): Promise<KeptNetworks> {
  const { dataset, file, weights } = data;
  const { tensors, networks } = await current.keepNetworks();
  return {
    version: KEPT_VERSION,
    seed: current.seed,
    epoch: current.epoch,
    table: data.fingerprint ?? fingerprint(rowHashes(dataset)),
    tensors,
    networks,
    ...(file ? { file } : {}),
    ...(weights ? { weights } : {}),
  };
}
