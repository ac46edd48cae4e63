// Files that a command writes. Each is probed before any work, written to a temporary file beside it and renamed: after a full
// disk or a signal, the previous content is intact.
import { constants } from 'node:fs';
import { access, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WorkbenchError } from '../engine/core/errors.ts';

export class Destination {
  private readonly option: string;
  readonly path: string;

  private constructor(option: string, path: string) {
    this.option = option;
    this.path = path;
  }

  /**
   * @param option - the option that names the file, for messages
   * @throws WorkbenchError `file` if no file can be written there
   */
  static async probe(option: string, path: string): Promise<Destination> {
    const destination = new Destination(option, path);
    const folder = dirname(path);
    const folderStat = await stat(folder).catch(() => null);
    if (!folderStat?.isDirectory())
      throw destination.refusal('a file in a folder that exists', path, `Make the folder ${folder} first.`);
    const existing = await stat(path).catch(() => null);
    if (existing?.isDirectory())
      throw destination.refusal('a file', `the folder ${path}`, 'Name a file in that folder.');
    try {
      if (existing) await access(path, constants.W_OK);
      if (!existing || existing.isFile()) {
        const { file, partial } = await openBeside(path);
        await file.close();
        await rm(partial, { force: true });
      }
    } catch (error) {
      throw destination.unwritable(error);
    }
    return destination;
  }

  /**
   * Writes all of the content, or nothing.
   * @throws WorkbenchError `file`; a previous file is unchanged
   */
  async write(content: string | Uint8Array): Promise<void> {
    let partial: string | null = null;
    try {
      const existing = await stat(this.path).catch(() => null);
      if (existing && !existing.isFile()) return await writeThrough(this.path, content);
      // A symbolic link stays; its target is replaced.
      const place = existing ? await realpath(this.path) : this.path;
      const opened = await openBeside(place);
      partial = opened.partial;
      try {
        await opened.file.writeFile(content);
        if (existing) await opened.file.chmod(existing.mode);
        await opened.file.sync();
      } finally {
        await opened.file.close();
      }
      await rename(partial, place);
    } catch (error) {
      if (partial) await rm(partial, { force: true });
      throw this.unwritable(error);
    }
  }

  private unwritable(error: unknown): WorkbenchError {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    return this.refusal(
      'a file that can be written',
      `${this.path} (${code})`,
      remedies[code] ?? 'Choose another place.',
    );
  }

  private refusal(expected: string, got: string, remedy: string): WorkbenchError {
    return WorkbenchError.of('file', { path: this.option, expected, got, remedy });
  }
}

const remedies: Record<string, string> = Object.assign(Object.create(null), {
  ENOSPC: 'The disk is full: free some space, or choose a place on another disk.',
  EDQUOT: 'The quota of this disk is used up: free some space, or choose a place on another disk.',
  EROFS: 'This disk is read-only: choose another place.',
  EACCES: 'Choose a place where you may write.',
  EPERM: 'Choose a place where you may write.',
});

/** A new file in the same folder, so that renaming it replaces the other atomically. */
async function openBeside(path: string): Promise<{ file: FileHandle; partial: string }> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  return { file: await open(partial, 'w'), partial };
}

/** A device or a pipe has no content to protect. */
async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
