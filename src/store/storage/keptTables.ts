// Tables that the user asked to keep in the browser, with their parsed columns: in its database, or as files in the origin
// private file system, which some browsers write faster.
import {
  SPLIT_FILES,
  type SplitFile,
  type SplitWithFile,
  type TableInput,
} from '../../engine/config/tableInput.ts';
import type { Database } from './database.ts';
import type { KeptTable, Place } from './keptTable.ts';

export interface TableStore {
  list(): Promise<KeptTable[]>;
  /** Replaces a table of the same name. @throws Error if the browser has no room or no such place */
  keep(file: TableInput, place: Place): Promise<KeptTable>;
  /** The table of that name; null if none is kept. */
  open(name: string): Promise<TableInput | null>;
  delete(id: string): Promise<void>;
}

const FOLDER = 'tables';
const folder = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

async function writeFile(name: string, blob: Blob): Promise<void> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  await stream.write(blob);
  await stream.close();
}

const readFile = async (name: string): Promise<Blob> =>
  (await (await folder()).getFileHandle(name)).getFile();

async function removeFile(name: string): Promise<void> {
  await (await folder()).removeEntry(name).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  });
}

export function createTableStore(connect: () => Promise<Database>): TableStore {
  const store: TableStore = {
    list: async () => (await connect()).getAll('tableEntries'),
    async keep(file, place) {
      const { id, name, blob, prepared, splits = {} } = file;
      const others = Object.entries(splits) as [SplitWithFile, SplitFile][];
      for (const { id: old, name: other } of await store.list()) if (other === name) await store.delete(old);
      if (place === 'opfs') {
        await writeFile(id, blob);
        if (prepared) await writeFile(`${id}.columns`, prepared.blob);
        for (const [split, other] of others) await writeFile(`${id}.${split}`, other.blob);
      }
      const entry: KeptTable = {
        id,
        name,
        place,
        bytes: others.reduce(
          (sum, [, other]) => sum + other.blob.size,
          blob.size + (prepared?.blob.size ?? 0),
        ),
        savedAt: new Date().toISOString(),
        preparedKey: prepared?.key ?? null,
        ...(others.length > 0 && {
          splits: Object.fromEntries(others.map(([split, other]) => [split, other.name])),
        }),
      };
      const db = await connect();
      const change = db.transaction(['tableEntries', 'tables'], 'readwrite');
      await change.objectStore('tableEntries').put(entry);
      if (place === 'indexeddb') await change.objectStore('tables').put({ id, name, blob, prepared, splits });
      await change.done;
      return entry;
    },
    async open(name) {
      const db = await connect();
      const entry = (await db.getAll('tableEntries')).find((kept) => kept.name === name);
      if (!entry) return null;
      const { id, place, preparedKey: key, splits: names = {} } = entry;
      if (place === 'indexeddb') return (await db.get('tables', id)) ?? null;
      const blob = await readFile(id);
      const input: TableInput = { id, name, blob };
      if (key !== null) input.prepared = { key, blob: await readFile(`${id}.columns`) };
      for (const [split, other] of Object.entries(names) as [SplitWithFile, string][])
        input.splits = { ...input.splits, [split]: { name: other, blob: await readFile(`${id}.${split}`) } };
      return input;
    },
    async delete(id) {
      const db = await connect();
      const entry = await db.get('tableEntries', id);
      const parts = ['columns', ...Object.keys(SPLIT_FILES)].map((part) => `${id}.${part}`);
      if (entry?.place === 'opfs') for (const name of [id, ...parts]) await removeFile(name);
      const change = db.transaction(['tableEntries', 'tables'], 'readwrite');
      await change.objectStore('tableEntries').delete(id);
      await change.objectStore('tables').delete(id);
      await change.done;
    },
  };
  return store;
}
