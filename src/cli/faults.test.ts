// The command line as a process: what it leaves behind when it is killed, or when it cannot write.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuiltCommand, buildCommand } from './testing.ts';

const SMALL = [
  '--preset',
  'correlated',
  '--backend',
  'cpu',
  '--set',
  'data.rows=200',
  '--set',
  'model=mt-mlp',
];
const QUICK = [...SMALL, '--set', 'training.epochs=1', '--quiet'];
const LONG = [...SMALL, '--set', 'training.epochs=900'];

let command: BuiltCommand;
beforeAll(() => {
  command = buildCommand();
});
afterAll(() => command?.remove());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-line-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [command.script, 'run', ...args]);
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function ended(child: ChildProcess, onLine: (text: string) => void = () => {}): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    onLine(stdout);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe.skipIf(process.platform === 'win32')('a run of the command line', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('writes what there is at %s', async (signal, code) => {
    const out = join(folder, 'result.json');
    const kept = join(folder, 'run.checkpoint');
    const child = start([...LONG, '--out', out, '--checkpoint', kept]);
    let sent = false;
    const end = await ended(child, (stdout) => {
      if (sent || !stdout.includes('"type":"epoch')) return;
      sent = true;
      child.kill(signal);
    });
    expect(end.code, end.stderr).toBe(code);
    expect(JSON.parse(await readFile(out, 'utf8')).status).toBe('stopped');
    expect(await readdir(folder)).toEqual(['result.json', 'run.checkpoint']);
    if (signal !== 'SIGTERM') return;
    const again = start([...LONG, '--checkpoint', kept]);
    const next = await ended(again, (stdout) => {
      if (stdout.includes('"type":"run-started"')) again.kill('SIGKILL');
    });
    expect(next.stdout).toMatch(/"resumedFromStep":[1-9]/);
    expect(next.stderr).toMatch(/going on from step \d+ of .*run\.checkpoint/);
  });

  it('ends quietly when the reader of stdout is gone, and still writes its file', async () => {
    const child = start([...QUICK.filter((o) => o !== '--quiet'), '--out', join(folder, 'result.json')]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const end = await ended(child);
    expect(end.stderr).not.toMatch(/EPIPE|at .*\.[jt]s:/);
    expect(end.code).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')).status).toBe('finished');
  });

  it('stops when the reader is gone and there is no file to write', async () => {
    const child = start(LONG);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const end = await ended(child);
    expect(end.stderr).not.toMatch(/EPIPE|at .*\.[jt]s:/);
    expect(end.code).toBe(141);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'gives the result on stdout when its file cannot be written',
    async () => {
      const end = await ended(
        start([...QUICK, '--out', '/dev/full', '--save-weights', join(folder, 'w.safetensors')]),
      );
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(/--out: expected a file that can be written, got \/dev\/full \(ENOSPC\)/);
      expect(JSON.parse(end.stdout.trim()).status).toBe('finished');
      expect(await readdir(folder)).toEqual(['w.safetensors']);
    },
  );

  it.skipIf(!existsSync('/dev/full'))(
    'keeps the result when weights or events cannot be written',
    async () => {
      const out = join(folder, 'result.json');
      await writeFile(out, 'earlier');
      const end = await ended(
        start([...QUICK, '--out', out, '--save-weights', '/dev/full', '--events', '/dev/full']),
      );
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(/--save-weights: .*ENOSPC/);
      expect(end.stderr).toMatch(/--events: .*ENOSPC/);
      expect(JSON.parse(await readFile(out, 'utf8')).status).toBe('finished');
    },
  );
});
