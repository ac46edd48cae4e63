// A run that was stopped goes on from its file with the numbers of one that was not, and a file of something else is refused.
import '../platform/nodeGradients.ts';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeBundle } from '../engine/core/bundle.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import type { SessionState } from '../engine/training/checkpoints.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { runToEnd, smallExperiment } from '../engine/training/sessionTesting.ts';
import { bytesOf, framed, type Kept, keptIn } from './checkpointBytes.ts';
import { CheckpointFile } from './checkpointFile.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  path = join(folder, 'run.checkpoint');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const small = { repeats: 2, model: { id: 'mt-mlp', params: { shared: [4], tower: [] } } };
const experiment = smallExperiment(small);
const asked = { experiment, seeds: undefined, backend: 'cpu' } as const;
/** What may not depend on when a run was stopped: all but times. */
const numbersOf = ({ seeds }: RunResult) =>
  JSON.parse(JSON.stringify(seeds, (key, value) => (/(Ms|PerSecond)$/.test(key) ? undefined : value)));
const dataset = (fingerprint: string) => ({ type: 'dataset', dataset: { fingerprint } }) as RunEvent;

/** Trains with the file until the event that `isEnough` accepts. */
async function train(isEnough: (event: RunEvent) => boolean) {
  const file = await CheckpointFile.open(path, asked);
  const control = new RunControl();
  const { result, events } = await runToEnd(experiment, {
    control,
    resume: file.resume,
    onEvent(event) {
      file.keep(event);
      if (isEnough(event)) control.stop();
    },
  });
  await file.finish(result.status === 'finished');
  return { result, events };
}

it('goes on from the file bit by bit, and a finished run leaves none', async () => {
  const whole = await runToEnd(experiment);
  const first = await train((event) => event.type === 'epoch');
  expect(first.result.status).toBe('stopped');
  expect(await readdir(folder)).toEqual(['run.checkpoint']);
  // In the second seed, behind a whole result.
  const second = await train((event) => event.type === 'epoch' && event.seed === 1);
  expect(second.result.status).toBe('stopped');
  const last = await train(() => false);
  expect(last.events.find((event) => event.type === 'run-started')).not.toMatchObject({
    resumedFromStep: null,
  });
  expect(numbersOf(last.result)).toEqual(numbersOf(whole.result));
  expect(await readdir(folder)).toEqual([]);
});

it('refuses what is no checkpoint of this run', async () => {
  await train((event) => event.type === 'epoch');
  const good = await readFile(path);
  const open = (changes: object) => CheckpointFile.open(path, { ...asked, ...changes });
  const others = smallExperiment({ ...small, seed: 5 });
  await expect(open({ experiment: others })).rejects.toThrow(
    /run\.checkpoint: expected a checkpoint of this exp/,
  );
  await expect(open({ seeds: [0, 7] })).rejects.toThrow(/expected a checkpoint of seeds 0, 7, got 0, 1/);
  await expect(open({ backend: 'wasm' })).rejects.toThrow(
    /of the backend wasm, got cpu\. .* add --backend cpu/,
  );
  const file = await open({});
  expect(() => file.keep(dataset('another'))).toThrow(/expected a checkpoint of this table/);
  const damages: [Uint8Array, RegExp][] = [
    [good.subarray(0, -1), /expected a whole checkpoint, got a damaged one/],
    [Buffer.from(good).fill(0, 200, 201), /expected a whole checkpoint/],
    [Buffer.from('{}'), /expected a checkpoint of multitab run, version 2, got another file/],
    [Buffer.alloc(0), /got another file\. Name another file, or delete this one/],
    [Buffer.from('multitab checkpoint 1\n0123'), /version 2, got one of another version/],
    ...hostile(keptIn(good, path)),
  ];
  for (const [bytes, message] of damages) {
    await writeFile(path, bytes);
    await expect(open({})).rejects.toThrow(message);
  }
  await rm(path);
});

/** Whole files with parts that no run writes. */
function hostile(kept: Kept): [Uint8Array, RegExp][] {
  const { checkpoint } = kept;
  const state = checkpoint.state as SessionState;
  const changed = (changes: object): Uint8Array =>
    bytesOf({ ...kept, checkpoint: { ...checkpoint, ...changes } } as Kept);
  const part = { ...state.parts.model, step: -1 };
  return [
    [framed(writeBundle([])), /checkpoint, file: expected an object, got \[\]/],
    [changed({ version: { toString: null } }), /expected a run of this version \(2\), got version \{"toS/],
    [changed({ seedIndex: 2 }), /checkpoint\.seedIndex: expected one below 2, got 2/],
    [changed({ tensors: { a: [1] } }), /checkpoint\.tensors\.a: expected an array of float32, got \[1\]/],
    [
      changed({ state: { ...state, parts: { model: part } } }),
      /state\.parts\.model\.step: expected a whole number/,
    ],
    [changed({ state: { ...state, parts: { admin: part } } }), /parts, a key: expected a role/],
    [changed({ seedIndex: 1 }), /state\.finished: expected results of the seeds before it \(0\), got \./],
    [changed({ experiment: { compare: 'all' } }), /experiment\.compare: expected a list, got "all"/],
  ];
}

it('trains on without checkpoints where they can no longer be written', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const gone = await mkdtemp(join(folder, 'gone-'));
  const file = await CheckpointFile.open(join(gone, 'c'), asked);
  await rm(gone, { recursive: true });
  file.keep({ type: 'checkpoint', checkpoint: {} as Checkpoint } as RunEvent);
  await file.finish(false);
  expect(stderr.mock.lastCall?.[0]).toMatch(
    /--checkpoint: expected a file that can be written, .* without checkpoints/,
  );
  expect(file.failed).toBe(true);
  stderr.mockRestore();
});
