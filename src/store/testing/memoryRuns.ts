// A store of runs in memory, for tests of the page without a browser.

import type { KeptNetworks } from '../../engine/protocol/keptNetworks.ts';
import { entryOf, type RunEntry } from '../runEntry.ts';
import type { RunParts } from '../runParts.ts';
import { networksOf, partOf, sizeOf } from '../runParts.ts';
import { isOver, type RunRecord, readRecord } from '../runRecord.ts';
import type { RunStore } from '../storage/runStore.ts';
import { readWhole, writeWhole } from '../storage/wholeRun.ts';

export interface MemoryRuns extends RunStore {
  entries: Map<string, RunEntry>;
  records: Map<string, RunRecord>;
  /** While set, every write fails with this error. */
  fault: Error | null;
}

export function memoryRuns(): MemoryRuns {
  const entries = new Map<string, RunEntry>();
  const records = new Map<string, RunRecord>();
  const parts = new Map<string, unknown>();
  const files = new Map<string, KeptNetworks['file']>();
  const settings = new Map<string, unknown>();
  const write = () => {
    if (store.fault) throw store.fault;
  };
  const change = (runId: string, make: (entry: RunEntry) => RunEntry): RunEntry | null => {
    const entry = entries.get(runId);
    if (!entry) return null;
    const next = make(entry);
    entries.set(runId, next);
    return next;
  };
  const putPart = (runId: string, kind: string, data: unknown) => {
    write();
    if (!entries.has(runId)) return null;
    parts.set(`${runId} ${kind}`, structuredClone(data));
    return change(runId, (entry) => ({ ...entry, bytes: { ...entry.bytes, [kind]: sizeOf(data) } }));
  };
  const store: MemoryRuns = {
    entries,
    records,
    fault: null,
    async put(record) {
      write();
      records.set(record.runId, structuredClone(record));
      const entry = entryOf(record, entries.get(record.runId));
      entries.set(record.runId, entry);
      return entry;
    },
    putPart: async (runId, kind, data) => putPart(runId, kind, data),
    async putNetworks(runId, networks) {
      if (networks.file) files.set(networks.file.id, networks.file);
      return putPart(runId, 'networks', partOf(networks));
    },
    list: async () =>
      [...entries.values()]
        .reverse()
        .map((entry) => (isOver(entry.status) ? entry : { ...entry, status: 'interrupted' as const })),
    get: async (runId) => readRecord(records.get(runId)),
    getPart: async <K extends 'series' | 'captures'>(runId: string, kind: K) =>
      (parts.get(`${runId} ${kind}`) ?? null) as RunParts[K] | null,
    async getNetworks(runId) {
      const part = parts.get(`${runId} networks`) as RunParts['networks'] | undefined;
      return part ? networksOf(part, files.get(part.fileId ?? '') ?? null) : null;
    },
    async change(runId, { labels, deletedAt }) {
      write();
      return change(runId, (entry) => ({
        ...entry,
        labels: { ...entry.labels, ...labels },
        deletedAt: deletedAt === undefined ? entry.deletedAt : deletedAt,
      }));
    },
    async dropPart(runId, kind) {
      parts.delete(`${runId} ${kind}`);
      return change(runId, (entry) => ({ ...entry, bytes: { ...entry.bytes, [kind]: 0 } }));
    },
    async delete(runId) {
      entries.delete(runId);
      records.delete(runId);
      for (const key of parts.keys()) if (key.startsWith(`${runId} `)) parts.delete(key);
    },
    whole: (runId) => readWhole(store, entries.get(runId), runId),
    putWhole: (run) => writeWhole(store, run),
    setting: async (key) => settings.get(key),
    async setSetting(key, value) {
      settings.set(key, value);
    },
    async changeSetting(key, make) {
      write();
      const value = make(settings.get(key));
      settings.set(key, structuredClone(value));
      return value;
    },
  };
  return store;
}
