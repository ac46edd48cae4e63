import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Destination } from './destination.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'destination-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that a command writes', () => {
  it('is whole or not there, and nothing else is left', async () => {
    const path = join(folder, 'result.json');
    const destination = await Destination.probe('--out', path);
    expect(await readdir(folder)).toEqual([]);
    await destination.write('{"a":1}\n');
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n');
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  it('keeps an earlier file, and its mode, until the new one is whole', async () => {
    const path = join(folder, 'result.json');
    await writeFile(path, 'earlier');
    await chmod(path, 0o640);
    const destination = await Destination.probe('--out', path);
    expect(await readFile(path, 'utf8')).toBe('earlier');
    await destination.write('later');
    expect(await readFile(path, 'utf8')).toBe('later');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('writes through a link to the file behind it', async () => {
    const target = join(folder, 'target.json');
    await writeFile(target, 'earlier');
    await symlink(target, join(folder, 'link.json'));
    await (await Destination.probe('--out', join(folder, 'link.json'))).write('later');
    expect(await readFile(target, 'utf8')).toBe('later');
    expect((await readdir(folder)).sort()).toEqual(['link.json', 'target.json']);
  });

  it('is refused before any work: no folder, a folder in its place', async () => {
    await expect(Destination.probe('--out', join(folder, 'none', 'a.json'))).rejects.toThrow(
      /^--out: expected a file in a folder that exists, got .*none.a\.json\. Make the folder /,
    );
    await expect(Destination.probe('--out', folder)).rejects.toThrow(/expected a file, got the folder/);
  });

  it('says what happened when a disk is full, and leaves devices in their place', async () => {
    const full = await Destination.probe('--out', '/dev/full').catch(() => null);
    if (!full) return expect(await stat('/dev/full').catch(() => null)).toBeNull(); // not a Linux machine
    await expect(full.write('x')).rejects.toThrow(/\/dev\/full \(ENOSPC\)\. The disk is full/);
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });
});
