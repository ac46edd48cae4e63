// Kept tables for tests without a browser.
import type { TableInput } from '../../engine/config/tableInput.ts';
import type { KeptTable } from '../storage/keptTable.ts';
import type { TableStore } from '../storage/keptTables.ts';

export function memoryTables(): TableStore {
  const kept = new Map<string, { entry: KeptTable; file: TableInput }>();
  return {
    list: async () => [...kept.values()].map(({ entry }) => entry),
    async keep(file, place) {
      const { id, name, blob, prepared } = file;
      const bytes = blob.size + (prepared?.blob.size ?? 0);
      const entry = { id, name, place, bytes, savedAt: '2026-01-01', preparedKey: prepared?.key ?? null };
      kept.set(id, { entry, file });
      return entry;
    },
    open: async (name) => [...kept.values()].find(({ file }) => file.name === name)?.file ?? null,
    delete: async (id) => {
      kept.delete(id);
    },
  };
}
