// The interface of a store of runs: an entry for lists, a record for charts, and heavy parts beside them.
import type { KeptNetworks } from '../../engine/protocol/keptNetworks.ts';
import type { PartKind, RunEntry, RunLabels } from '../runEntry.ts';
import type { RunParts } from '../runParts.ts';
import type { RunRecord } from '../runRecord.ts';

/** All of a run, for moving it elsewhere. */
export interface WholeRun {
  entry: RunEntry;
  record: RunRecord;
  series: RunParts['series'] | null;
  captures: RunParts['captures'] | null;
  networks: KeptNetworks | null;
}

export interface RunStore {
  /** Replaces an earlier record of the run, whose labels and parts stay. @throws Error when storage is blocked or full */
  put(record: RunRecord): Promise<RunEntry>;
  putPart<K extends 'series' | 'captures'>(
    runId: string,
    kind: K,
    data: RunParts[K],
  ): Promise<RunEntry | null>;
  putNetworks(runId: string, networks: KeptNetworks): Promise<RunEntry | null>;
  /** Newest first; a run in progress that no tab trains is listed as interrupted. */
  list(): Promise<RunEntry[]>;
  /** Null if there is none, or none that this version of the page can read. */
  get(runId: string): Promise<RunRecord | null>;
  getPart<K extends 'series' | 'captures'>(runId: string, kind: K): Promise<RunParts[K] | null>;
  getNetworks(runId: string): Promise<KeptNetworks | null>;
  change(
    runId: string,
    change: { labels?: Partial<RunLabels>; deletedAt?: number | null },
  ): Promise<RunEntry | null>;
  dropPart(runId: string, kind: PartKind): Promise<RunEntry | null>;
  delete(runId: string): Promise<void>;
  whole(runId: string): Promise<WholeRun | null>;
  putWhole(run: WholeRun): Promise<RunEntry>;
  setting(key: string): Promise<unknown>;
  setSetting(key: string, value: unknown): Promise<void>;
  /** Reads, changes and writes in one transaction, so that changes by other tabs are not lost. @returns the new value */
  changeSetting(key: string, change: (before: unknown) => unknown): Promise<unknown>;
}
