// The dropped files, with folders replaced by their files: `multitab sweep` writes a folder.

/** Maximum number of files read from a folder. */
const MOST_FILES = 500;

/** Files directly in a folder, without subfolders. Entries must be taken before anything else is awaited. */
export async function droppedFiles(dropped: DataTransfer): Promise<File[]> {
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
