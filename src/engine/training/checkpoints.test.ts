// A checkpoint is a copy, holds the networks of its stage, and is refused if its version is too old.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { mtMlp } from '../models/mtMlp.ts';
import { CHECKPOINT_VERSION } from '../protocol/checkpoint.ts';
import {
  CheckpointClock,
  checkpointOf,
  requireCurrent,
  requireStages,
  restoreNetworks,
  saveNetworks,
  sessionStateOf,
} from './checkpoints.ts';
import type { Tested } from './comparison.ts';
import type { GradientNetwork } from './gradientNetwork.ts';
import { smallExperiment } from './sessionTesting.ts';
import { createBatch, createNetwork } from './testing.ts';

const network = () => createNetwork(mtMlp, { shared: [4], tower: [], embedding: 0 });

const written = (networks: readonly GradientNetwork[], notes = [{ code: 'a', text: 'A.' }]) =>
  checkpointOf(
    { runId: 'r', experiment: smallExperiment(), seeds: [3], rates: {}, finished: [], notes, elapsedMs: 5 },
    {
      seedIndex: 0,
      position: { stage: 1, epoch: 2, batch: 3 },
      step: 7,
      scores: { tested: [] },
      saveNetworks: () => saveNetworks(networks),
    },
  );

describe('a checkpoint', () => {
  it('says where the next step stands, and is a copy', async () => {
    await tf.setBackend('cpu');
    const notes = [{ code: 'a', text: 'A.' }];
    const checkpoint = await written([], notes);
    notes.push({ code: 'b', text: 'B.' });
    expect(checkpoint).toMatchObject({
      version: CHECKPOINT_VERSION,
      runId: 'r',
      seedIndex: 0,
      epoch: 2,
      step: 7,
    });
    expect(sessionStateOf(checkpoint)).toMatchObject({
      stage: 1,
      epoch: 2,
      batch: 3,
      elapsedMs: 5,
      notes: [{ code: 'a', text: 'A.' }],
    });
  });

  it('puts networks back as they were, and says where none had begun', async () => {
    await tf.setBackend('cpu');
    const [trained, fresh] = [network(), network()];
    const batch = createBatch(8);
    await trained.trainStep(batch, 1);
    const checkpoint = structuredClone(await written([trained]));
    expect(restoreNetworks([fresh], checkpoint)).toBe(true);
    expect(fresh.step).toBe(1);
    expect(await saveNetworks([fresh])).toEqual(await saveNetworks([trained]));
    expect(restoreNetworks([network()], await written([]))).toBe(false);
    const state = { ...sessionStateOf(checkpoint), parts: { baseline: {} } };
    expect(() => restoreNetworks([fresh], { ...checkpoint, state })).toThrow(
      'checkpoint.parts: expected a state of the model, got none',
    );
  });

  it('of other networks or tasks is refused', () => {
    const stages = [['baseline', 'model'], ['model:twin']] as const;
    const of = (role: string, tasks: number) => {
      const scores = Array.from({ length: tasks }, () => ({}));
      return { result: { role, test: scores, validation: scores } } as Tested;
    };
    const both = [of('model', 2), of('baseline', 2)];
    const check = (stage: number, tested: Tested[], tasks = 2) =>
      requireStages({ stage, tested }, stages, tasks);
    expect(() => check(0, [])).not.toThrow();
    expect(() => check(1, both)).not.toThrow();
    expect(() => check(2, [...both, of('model:twin', 2)])).not.toThrow();
    expect(() => check(3, both)).toThrow('checkpoint.stage: expected one up to 2, got 3');
    expect(() => check(0, both)).toThrow('tested: expected results of nothing, got baseline, model');
    expect(() => check(1, [of('model', 2)])).toThrow('expected results of baseline, model, got model.');
    expect(() => check(1, both, 3)).toThrow('tested, model: expected scores of 3 tasks');
  });

  it('of another version is refused with what to do', () => {
    expect(() => requireCurrent({ version: CHECKPOINT_VERSION })).not.toThrow();
    expect(() => requireCurrent({ version: 1 })).toThrow(/checkpoint\.version/);
  });
});

describe('the clock of checkpoints', () => {
  const at = { ms: 0 };
  const clock = () => {
    at.ms = 0;
    return new CheckpointClock(() => at.ms);
  };
  const due = (of: CheckpointClock, ms: number, isAsked = false) => {
    at.ms += ms;
    return of.isDue(isAsked);
  };

  it('is due a second after the first step, however long the table took, and then every ten', () => {
    const clocks = clock();
    expect(due(clocks, 60_000)).toBe(false);
    expect(due(clocks, 999)).toBe(false);
    expect(due(clocks, 1)).toBe(true);
    clocks.written(5);
    expect(due(clocks, 9_999)).toBe(false);
    expect(due(clocks, 1)).toBe(true);
  });

  it('waits twenty times as long as the last one took', () => {
    const clocks = clock();
    due(clocks, 0);
    clocks.written(2_000);
    expect(due(clocks, 39_999)).toBe(false);
    expect(due(clocks, 1)).toBe(true);
  });

  it('is due when it is asked for, though never twice in a second', () => {
    const clocks = clock();
    due(clocks, 0);
    clocks.written(2_000);
    expect(due(clocks, 999, true)).toBe(false);
    expect(due(clocks, 1)).toBe(false);
    expect(due(clocks, 0, true)).toBe(true);
  });
});
