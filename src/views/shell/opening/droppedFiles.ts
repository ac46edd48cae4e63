// The dropped files, with folders replaced by their files: `multitab sweep` writes a folder.
import { WorkbenchError } from '../../../engine/core/errors.ts';
import { formatCount } from '../../charts/format.ts';

/** Maximum number of files read from a folder. */
const MOST_FILES = 500;
/** A folder is not searched further. */
const MOST_ENTRIES = 20_000;

/** What is used of a `DataTransfer`. */
export interface Dropped {
  items: ArrayLike<{ webkitGetAsEntry?(): FileSystemEntry | null }>;
  files: ArrayLike<File>;
}

/**
 * Files directly in a folder, without subfolders. Entries must be taken before anything else is awaited.
 * @throws WorkbenchError (file) if a folder has more than can be opened together
 */
export async function droppedFiles(dropped: Dropped): Promise<File[]> {
  const entries = Array.from(dropped.items, (item) => item.webkitGetAsEntry?.() ?? null);
  const files = Array.from(dropped.files);
  const folders = entries.filter((entry) => entry?.isDirectory) as FileSystemDirectoryEntry[];
  if (folders.length === 0) return files;
  const inFolders = await Promise.all(folders.map(filesIn));
  // A folder also appears among the files, as one that cannot be read.
  const names = new Set(folders.map((folder) => folder.name));
  return [...files.filter((file) => !names.has(file.name)), ...inFolders.flat()];
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: FileSystemFileEntry[] = [];
  // A reader returns its entries in batches, and an empty one at the end.
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0 || found.length > MOST_ENTRIES) break;
    found.push(...(piece.filter((entry) => entry.isFile) as FileSystemFileEntry[]));
  }
  const runs = found.filter(({ name }) => name.endsWith('.jsonl'));
  const chosen = runs.length > 0 ? runs : found;
  const isLarger = found.length > MOST_ENTRIES;
  if (isLarger || chosen.length > MOST_FILES)
    throw WorkbenchError.of('file', {
      path: folder.name,
      expected: `a folder of at most ${MOST_FILES} files`,
      got: `one of ${isLarger ? `more than ${formatCount(MOST_ENTRIES)}` : formatCount(chosen.length)}`,
      remedy: 'Drop some of its files at a time. Nothing was changed.',
    });
  return Promise.all(
    chosen.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))),
  );
}
