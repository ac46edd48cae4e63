// How many launches a training step takes on WebGPU. The count is equal on every machine whose adapter binds as many buffers,
// so it is asserted.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import type { Params } from '../config/params.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import { countLaunches } from '../kernels/runtime/launches.ts';
import type { StepRecorder } from '../kernels/runtime/recording.ts';
import { mmoe } from '../models/mmoe.ts';
import { multitab } from '../models/multitab.ts';
import { ResidentTable } from './residentTable.ts';
import { disposeBatch } from './tensorBatch.ts';
import { createBatch, createNetwork } from './testing.ts';

describe('launches of a training step on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  const small = { width: 4, heads: 2, feedForward: 6, tower: [3] };
  // Few rows, and enough rows for a sum over several workgroups.
  for (const rows of [8, 300]) {
    it.each([
      ['attention between features', multitab, { ...small, attention: 'col' }, 40],
      [
        'attention between features and rows',
        multitab,
        { ...small, attention: 'row_col', interSample: 'across-rows' },
        70,
      ],
      [
        'attention between rows with positions and dropout',
        multitab,
        { ...small, attention: 'row_col', interSample: 'across-rows', rotary: true, attentionDropout: 0.1 },
        70,
      ],
      ['MMoE', mmoe, { experts: 3, expert: [5, 4], tower: [3], embedding: 2 }, 40],
    ] as const)(`${rows} rows, %s`, async (_name, def, params, most) => {
      const batch = createBatch(rows);
      const { dataset } = batch;
      const table = ResidentTable.create(dataset, stepRecorder() as StepRecorder);
      if ('refused' in table) throw new Error(table.refused);
      // As in a session: recorded, with the batch from a table on the device.
      const network = createNetwork(def, params as unknown as Params, { dataset, table: () => table });
      for (let step = 0; step < 2; step++) await network.trainStep(batch, 1);
      const { launches, byKernel } = await countLaunches(async () => {
        await network.trainStep(batch, 1);
        await network.drainPendingSteps();
      });
      expect(
        launches,
        byKernel.map(([kernel, count]) => `${count} ${kernel}`).join(', '),
      ).toBeLessThanOrEqual(most);
      expect(launches).toBeGreaterThan(0);
      expect(byKernel).toContainEqual(['TakeRows', 1]);
      network.dispose();
      table.dispose();
      disposeBatch(batch);
    });
  }

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const network = createNetwork(
      mmoe,
      { experts: 2, expert: [3], tower: [2], embedding: 2 },
      { record: false },
    );
    const batch = createBatch(8);
    await network.trainStep(batch, 1);
    const held = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) await network.trainStep(batch, 1);
    expect(tf.memory().numTensors).toBe(held);
    network.dispose();
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(before);
  });
});
