import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/protocol/run.ts';
import { Destination, requireApart } from './destination.ts';
import { readRunOptions } from './options.ts';
import { RunOutputs } from './runOutputs.ts';
import { faultOfSystem, isLate } from './systemFault.ts';

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
    const fault = await full.write('x').catch((error: unknown) => error);
    expect(fault).toMatchObject({
      message: expect.stringMatching(/\/dev\/full \(ENOSPC\)\. The disk is full/),
    });
    // The work has been done: the command has failed, and was not refused.
    expect(isLate(fault)).toBe(true);
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });
});

describe('files of one command', () => {
  it('are none that it reads, and each another one, by whatever name', async () => {
    const [table, link] = [join(folder, 'table.csv'), join(folder, 'link.csv')];
    await writeFile(table, 'a\n1\n');
    await symlink(table, link);
    await expect(requireApart([['--out', link]], [['--data', table]])).rejects.toThrow(
      /^--out: expected a file of its own, got .*link\.csv, which is that of --data\. Name another file\.$/,
    );
    const result = join(folder, 'r.json');
    const twice = [
      ['--out', result],
      ['--events', join(folder, '.', 'r.json')],
    ] as const;
    await expect(requireApart(twice, [])).rejects.toThrow(/^--events: .* that of --out/);
    await requireApart(
      [
        ['--out', result],
        ['--events', '/dev/null'],
        ['--save-weights', '/dev/null'],
      ],
      [
        ['--data', table],
        ['--weights', undefined],
        ['--test-data', table],
      ],
    );
  });

  it('of events stay as they were until there is one', async () => {
    const events = join(folder, 'events.jsonl');
    await writeFile(events, 'earlier');
    const outputs = await RunOutputs.probe(readRunOptions('run', ['--events', events]));
    expect(outputs.hasFiles).toBe(true);
    expect(await readFile(events, 'utf8')).toBe('earlier');
    const event: RunEvent = { type: 'state', state: 'running', runId: 'r', step: 1 };
    outputs.keep(event);
    await outputs.finishEvents();
    expect(JSON.parse(await readFile(events, 'utf8'))).toEqual(event);
    const out = join(folder, 'a.json');
    await expect(
      RunOutputs.probe(readRunOptions('run', ['--out', out, '--checkpoint', out])),
    ).rejects.toThrow(/^--checkpoint: expected a file of its own/);
  });
});

it('says of any call that the system refused where, what and what to do', async () => {
  const error = await readFile(join(folder, 'none')).catch((thrown: unknown) => thrown);
  expect(faultOfSystem(error)?.message).toMatch(
    /none: expected a file or folder that can be used, got ENOENT from open\. Check the path/,
  );
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(faultOfSystem(full)?.message).toMatch(
    /^write: .* got ENOSPC from write\. The disk is full: free some space/,
  );
  expect(faultOfSystem(new TypeError('x is not a function'))).toBeNull();
});
