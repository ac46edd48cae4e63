// Steps that cannot be replayed on WebGPU (the software adapter), or that fail: such a model is trained step by step with a
// note, and a fault is reported at its step.
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { WorkbenchError } from '../core/errors.ts';
import { dropout } from '../kernels/ops/dropout/index.ts';
import { multitab } from '../models/multitab.ts';
import type { StepReport } from './networkInTraining.ts';
import { bytesInGpu, setWindow, stateOf, trainOn } from './stepTesting.ts';
import { disposeBatch, TensorBatch } from './tensorBatch.ts';
import { createBatch, createNetwork, dataset, linearModel } from './testing.ts';

const ATTENTION = { width: 4, heads: 2, feedForward: 6, tower: [3], feedForwardDropout: 0.2 };

describe('steps that are not replayed on webgpu', () => {
  const deviceErrors: string[] = [];
  /** A tensor outside the model. */
  let stray: tf.Tensor;

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
    stray = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
  });

  afterAll(() => stray.dispose());

  afterEach(() => expect(deviceErrors).toEqual([]));

  it.each<[string, string, Parameters<typeof linearModel>[0]]>([
    [
      'copies a buffer',
      'the step copies between buffers',
      (y) => {
        y.dataToGPU().tensorRef.dispose();
        return y;
      },
    ],
    [
      'reads a tensor that it holds for itself',
      'the step reads values that it may not find again',
      (y) => tf.add(y, stray),
    ],
    [
      'leaves a tensor behind',
      'the step leaves 1 tensors behind',
      (y) => {
        tf.keep(tf.sum(y));
        return y;
      },
    ],
    [
      'assigns to a variable',
      'the step replaces values instead of changing them in place',
      (y, _step, buffer) => {
        // Long enough that the new values get a buffer which was larger before.
        const sums = tf.tidy(() => {
          let some: tf.Tensor = tf.slice(y, [0, 0], [3, 7]);
          for (let i = 0; i < 40; i++) some = tf.neg(some);
          return tf.sum(some, 0);
        });
        buffer.assign(tf.stack([tf.mean(y, 0), sums]));
        return y;
      },
    ],
    [
      'draws random numbers on the page',
      'what the page prepares for a step differs from step to step',
      (y, step) => tf.add(y, tf.randomUniform(y.shape, 0, 1, 'float32', step)),
    ],
    [
      'has too many parts that depend on the step',
      'more than 256 of its parts depend on its number',
      (y, step) => {
        let dropped: tf.Tensor = y;
        for (let site = 0; site < 257; site++) dropped = dropout(dropped, 1e-4, [1, step, site]);
        return dropped as tf.Tensor2D;
      },
    ],
  ])('a model that %s is trained step by step, and says so', async (_name, reason, odd) => {
    const batches = Array.from({ length: 4 }, (_, i) => createBatch(9, i));
    const results: unknown[] = [];
    const bytes: number[] = [];
    const notes: string[] = [];
    for (const record of [false, true]) {
      const network = createNetwork(linearModel(odd), {}, { record, onNote: ({ text }) => notes.push(text) });
      const own: unknown[] = [];
      for (const batch of batches)
        own.push([await trainOn(network, [batch]), (await stateOf(network)).tensors]);
      results.push(own);
      network.dispose();
      await tf.nextFrame();
      bytes.push(bytesInGpu());
    }
    expect(results[1]).toEqual(results[0]);
    expect(notes).toEqual([`Steps of Linear model are not replayed, which makes them slower: ${reason}.`]);
    batches.forEach(disposeBatch);
    // Tensors that the model leaks are not checked here.
    if (!reason.includes('behind')) expect(bytes[1]).toBe(bytes[0]);
  });

  it('a step that throws leaves the next one its memory', async () => {
    const batch = createBatch(9);
    const bytes = bytesInGpu();
    let isBroken = true;
    const broken = createNetwork(
      linearModel((y) => {
        if (isBroken) throw new Error('broken');
        return y;
      }),
      {},
    );
    await expect(trainOn(broken, [batch])).rejects.toThrow('broken');
    isBroken = false;
    const whole = createNetwork(linearModel(), {}, { record: false });
    expect(await trainOn(broken, [batch, batch, batch])).toEqual(await trainOn(whole, [batch, batch, batch]));
    broken.dispose();
    whole.dispose();
    disposeBatch(batch);
    await tf.nextFrame();
    // The limit allows for the few numbers that tfjs keeps when a gradient throws; a recording would be larger.
    expect(bytesInGpu() - bytes).toBeLessThan(1024);
  });

  it.each([1, 8])('with %i steps in flight, a fault names its step, task and tensor', async (inFlight) => {
    const good = createBatch(8);
    const targets = good.values.targets.slice();
    targets[2 * 8 + 5] = Number.NaN;
    const bad = new TensorBatch(dataset, { ...good.values, targets });
    const network = createNetwork(multitab, { ...ATTENTION, attention: 'col' });
    await trainOn(network, [good]);
    setWindow(network, inFlight);
    const reports: StepReport[] = [];
    const failure = await (async () => {
      for (const batch of [good, good, bad, good, good, good, good, good, good]) {
        setWindow(network, inFlight);
        reports.push(...(await network.trainStep(batch, 1)));
      }
      return null;
    })().catch((error: unknown) => error);
    expect(reports.map((r) => r.step)).toEqual([2, 3]);
    expect(failure).toBeInstanceOf(WorkbenchError);
    expect((failure as WorkbenchError).message).toMatch(/step 4: the loss of y2/);
    expect(network.step).toBe(3);
    const { tensors } = await network.save();
    expect(Object.values(tensors).every((values) => values.every(Number.isFinite))).toBe(true);
    network.dispose();
    disposeBatch(good);
    disposeBatch(bad);
  });
});
