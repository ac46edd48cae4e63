// A trainer as a process: a script takes the place of the command line, and ends when the test wants it to.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SweepRun } from '../../engine/sweeps/expand.ts';
import { startTrainer, type Trainer } from './pool.ts';

/** Answers a run with its own number as the record; a run called "last" is its last one, "none" ends it without an answer. */
const SCRIPT = `
process.on('disconnect', () => process.exit(0));
process.on('message', ({ type, run }) => {
  if (type === 'start') process.send({ type: 'ready' });
  else if (run.id === 'none') process.exit(3);
  else process.send({ type: 'ended', record: process.pid, times: {} }, () => {
    if (run.id === 'last') process.exit(0);
  });
});
`;

const [, before = ''] = process.argv;
let folder = '';
let trainer: Trainer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multitab-pool-'));
  process.argv[1] = join(folder, 'trainer.mjs');
  await writeFile(process.argv[1], SCRIPT);
  trainer = startTrainer({ backend: 'cpu', allowSoftwareAdapter: false, table: null });
});
afterEach(async () => {
  trainer.close();
  process.argv[1] = before;
  await rm(folder, { recursive: true });
});

const train = async (id: string): Promise<number> => {
  const ended = await trainer.train({ id } as SweepRun);
  if ('lost' in ended) throw new Error(ended.lost);
  return Number(ended.record);
};

/** Until the process is gone, and this one knows. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    await new Promise(setImmediate);
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
}

it('is one process for all of its runs', async () => {
  expect(await train('a')).toBe(await train('b'));
});

it('is started again where its process ended while it had no run', async () => {
  const first = await train('last');
  await gone(first);
  expect(await train('b')).not.toBe(first);
});

it('gives a run up whose process ends twice, and goes on with the next', async () => {
  await expect(train('none')).rejects.toThrow('ended with code 3');
  expect(await train('b')).toBeGreaterThan(0);
});
