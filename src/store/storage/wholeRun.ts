// Reads all of a run from a store and writes it to one, part by part.
import type { RunEntry } from '../runEntry.ts';
import type { RunStore, WholeRun } from './runStore.ts';

export async function readWhole(
  store: Pick<RunStore, 'get' | 'getPart' | 'getNetworks'>,
  entry: RunEntry | undefined,
  runId: string,
): Promise<WholeRun | null> {
  const record = await store.get(runId);
  if (!entry || !record) return null;
  const [series, captures, networks] = await Promise.all([
    store.getPart(runId, 'series'),
    store.getPart(runId, 'captures'),
    store.getNetworks(runId),
  ]);
  return { entry, record, series, captures, networks };
}

/** @returns the entry after the write */
export async function writeWhole(
  store: Pick<RunStore, 'put' | 'change' | 'putPart' | 'putNetworks'>,
  { entry, record, series, captures, networks }: WholeRun,
): Promise<RunEntry> {
  const { runId } = record;
  let kept = await store.put(record);
  kept = (await store.change(runId, { labels: entry.labels, deletedAt: null })) ?? kept;
  if (series) kept = (await store.putPart(runId, 'series', series)) ?? kept;
  if (captures) kept = (await store.putPart(runId, 'captures', captures)) ?? kept;
  if (networks) kept = (await store.putNetworks(runId, networks)) ?? kept;
  return kept;
}
