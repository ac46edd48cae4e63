// The command in processes of its own, one of which is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltCommand, buildCommand } from '../testing.ts';

const SWEEP = {
  version: 1,
  label: 'Small',
  base: {
    data: { id: 'multitab-bench', params: { rows: 2000, features: 4 } },
    tasks: { count: 2, degrees: [1] },
    model: { id: 'mt-mlp', params: { shared: [4], tower: [4], embedding: 0 } },
    training: { epochs: 4, batchSize: 64 },
    baseline: { id: 'st-mlp', params: { hidden: [4], embedding: 0 } },
  },
  axes: [{ key: 'tasks.rho', values: [0, 0.3, 0.6, 0.9] }],
  seeds: [0],
};

let command: BuiltCommand;
let folder = '';
const running: ChildProcess[] = [];
beforeAll(async () => {
  command = buildCommand();
  folder = await mkdtemp(join(tmpdir(), 'multitab-sweep-'));
  await writeFile(join(folder, 'sweep.json'), JSON.stringify(SWEEP));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
  command?.remove();
});

function sweep(out: string, ...more: string[]) {
  const args = [command.script, 'sweep', join(folder, 'sweep.json'), '--out', join(folder, out)];
  const child = spawn(process.execPath, [...args, '--jobs', '1', ...more]);
  running.push(child);
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
  return { child, ended };
}

/** Waits until the file of runs has its first run. */
async function firstRun(dir: string): Promise<void> {
  const hasRun = async () =>
    (await readFile(join(dir, 'runs.1-of-1.jsonl'), 'utf8').catch(() => '')).split('\n').length > 2;
  const watcher = watch(folder, { recursive: true });
  await new Promise<void>((resolve) => {
    const look = async () => {
      if (await hasRun()) resolve();
    };
    watcher.on('change', look);
    void look();
  });
  watcher.close();
}

it('goes on after a kill to the same file, and keeps a second process out meanwhile', async () => {
  const first = sweep('killed');
  await firstRun(join(folder, 'killed'));
  // A stopped process is alive and keeps its lock, however slow this machine is.
  first.child.kill('SIGSTOP');
  const second = sweep('killed');
  const { code, said } = await second.ended;
  expect(said).toContain(`got process ${first.child.pid} on`);
  expect(code).toBe(2);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(await readdir(join(folder, 'killed'))).not.toContain('runs.jsonl');
  const whole = sweep('whole').ended;
  const again = await sweep('killed').ended;
  expect(again.said).toContain('of 4 runs are there already');
  expect([again.code, (await whole).code]).toEqual([0, 0]);
  const [a, b] = await Promise.all(
    ['whole', 'killed'].map((dir) => readFile(join(folder, dir, 'runs.jsonl'), 'utf8')),
  );
  expect(a?.split('\n')).toHaveLength(6);
  expect(b).toBe(a);
});
