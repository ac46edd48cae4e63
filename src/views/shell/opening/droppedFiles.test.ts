// A dropped folder stands for its files, up to a number that is told.
import { expect, it } from 'vitest';
import { type Dropped, droppedFiles } from './droppedFiles.ts';

/** What a browser gives for a dropped folder: entries in batches of two. */
function folder(names: readonly string[]): Dropped {
  const files = names.map((name) => ({
    name,
    isFile: true,
    file: (resolve: (file: File) => void) => resolve(new File(['x'], name)),
  }));
  const readEntries = (resolve: (entries: unknown[]) => void) => resolve(files.splice(0, 2));
  const entry = {
    name: 'sweep',
    isDirectory: true,
    createReader: () => ({ readEntries }),
  } as FileSystemDirectoryEntry;
  return { items: [{ webkitGetAsEntry: () => entry }], files: [new File([], 'sweep')] };
}
const namesIn = async (names: readonly string[]) =>
  (await droppedFiles(folder(names))).map((file) => file.name);

it('reads the runs of a folder, or all of its files if it has none', async () => {
  expect(await namesIn(['a.csv', 'b.json', 'c.csv'])).toEqual(['a.csv', 'b.json', 'c.csv']);
  expect(await namesIn(['a.jsonl', 'report.html', 'b.jsonl'])).toEqual(['a.jsonl', 'b.jsonl']);
});

it('refuses a folder of more files than it opens, rather than to leave some out', async () => {
  const many = Array.from({ length: 501 }, (_, i) => `${i}.csv`);
  expect(await namesIn(many.slice(1))).toHaveLength(500);
  await expect(namesIn(many)).rejects.toThrow(
    'sweep: expected a folder of at most 500 files, got one of 501. Drop some of its files at a time. Nothing was changed.',
  );
  // Runs count alone.
  expect(await namesIn([...many, 'run.jsonl'])).toEqual(['run.jsonl']);
});
