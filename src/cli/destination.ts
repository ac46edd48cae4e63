// Files that a command writes. Each is probed before any work, written to a temporary file beside it and renamed: after a full
// disk or a signal, the previous content is intact.
import { constants } from 'node:fs';
import { access, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { WorkbenchError } from '../engine/core/errors.ts';
import { unwritable, unwritten } from './systemFault.ts';

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
      throw unwritable(option, path, error);
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
      throw unwritten(this.option, this.path, error);
    }
  }

  private refusal(expected: string, got: string, remedy: string): WorkbenchError {
    return WorkbenchError.of('file', { path: this.option, expected, got, remedy });
  }
}

/** A file by what it is called in messages, such as an option; without a path it was not asked for. */
export type Named = readonly [name: string, path: string | undefined];

/**
 * Files that a command writes must be none that it reads, and each another one. A device may be written by several.
 * @throws WorkbenchError (config)
 */
export async function requireApart(written: readonly Named[], read: readonly Named[]): Promise<void> {
  const taken = new Map<string, string>();
  for (const [isWritten, [name, path]] of [
    ...read.map((own) => [false, own] as const),
    ...written.map((own) => [true, own] as const),
  ]) {
    if (path === undefined) continue;
    const existing = await stat(path).catch(() => null);
    if (existing && !existing.isFile()) continue;
    const place = existing ? await realpath(path) : resolve(path);
    const other = taken.get(place);
    if (isWritten && other !== undefined)
      throw WorkbenchError.of('config', {
        path: name,
        expected: 'a file of its own',
        got: `${path}, which is that of ${other}`,
        remedy: 'Name another file.',
      });
    taken.set(place, name);
  }
}

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
