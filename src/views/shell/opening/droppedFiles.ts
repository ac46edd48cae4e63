// What was dropped, with the files of folders in their place: `multitab sweep` writes one.

/** Files of a folder that are looked at. */
const MOST_FILES = 500;

/** Those of a folder alone, not of folders in it. Entries have to be taken before anything else is awaited. */
export async function droppedFiles(dropped: DataTransfer): Promise<File[]> {
  const entries = Array.from(dropped.items, (item) => item.webkitGetAsEntry?.() ?? null);
  const files = Array.from(dropped.files);
  const folders = entries.filter((entry) => entry?.isDirectory) as FileSystemDirectoryEntry[];
  if (folders.length === 0) return files;
  const inFolders = await Promise.all(folders.map(filesIn));
  // A folder stands among the files as one that cannot be read.
  const names = new Set(folders.map((folder) => folder.name));
  return [...files.filter((file) => !names.has(file.name)), ...inFolders.flat()];
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: FileSystemFileEntry[] = [];
  // A reader gives its entries in pieces, and nothing at the end.
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0 || found.length > MOST_FILES) break;
    found.push(...(piece.filter((entry) => entry.isFile) as FileSystemFileEntry[]));
  }
  const runs = found.filter(({ name }) => name.endsWith('.jsonl'));
  return Promise.all(
    (runs.length > 0 ? runs : found)
      .slice(0, MOST_FILES)
      .map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))),
  );
}
