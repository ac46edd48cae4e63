// Replayed steps against ordinary ones on WebGPU (the software adapter): the same numbers to the last bit, nothing left behind,
// and faults reported at the step they happened in.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import type { Params } from '../config/params.ts';
import { WorkbenchError } from '../core/errors.ts';
import { countLaunches } from '../kernels/launches.ts';
import { mmoe } from '../models/mmoe.ts';
import { type GradientModelDef, isBoosted, type ModelDef } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { models } from '../models/registry.ts';
import { stMlp } from '../models/stMlp.ts';
import type { GradientPart } from './gradientPart.ts';
import type { StepReport } from './part.ts';
import { disposeBatch, fromValues, type TensorBatch, toTensors } from './tensorBatch.ts';
import { createBatch, createPart, dataset, mixedDataset } from './testing.ts';

const ATTENTION = { width: 4, heads: 2, feedForward: 6, tower: [3], feedForwardDropout: 0.2 };
const EXPERTS = { experts: 2, expert: [5, 4], tower: [3], embedding: 2, dropout: 0.3 };

async function trainOn(part: GradientPart, batches: readonly TensorBatch[]): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const batch of batches) reports.push(...(await part.trainStep(batch, 1)));
  return [...reports, ...(await part.settle())];
}

/** Without the times, which are those of the machine. */
async function stateOf(part: GradientPart) {
  const { tensors, state } = await part.save();
  return { tensors, state: { ...state, trainMs: 0, evaluationMs: 0 } };
}

describe('recorded steps on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  const training = { clipNorm: 0.5, warmupSteps: 4 };

  it.each([
    ['attention between features', multitab, { ...ATTENTION, attention: 'col' }],
    [
      'attention between rows, attention dropout',
      multitab,
      { ...ATTENTION, attention: 'row_col', interSample: 'across-rows', attentionDropout: 0.2, rotary: true },
    ],
    ['MMoE', mmoe, EXPERTS],
    ['MMoE with sparse gates', mmoe, { ...EXPERTS, experts: 4, top: 1 }],
    ['a network per task', stMlp, { hidden: [5], embedding: 2, dropout: 0.2 }],
  ] as [string, GradientModelDef, Params][])('%s: 20 steps bit by bit', async (_name, def, params) => {
    // Two sizes, as in an epoch whose last batch is smaller.
    const batches = Array.from({ length: 20 }, (_, i) => createBatch(i % 5 === 4 ? 7 : 12, i));
    const notes: string[] = [];
    const singleTask = def === stMlp;
    const [ordinary, recorded] = [false, true].map((record) =>
      createPart(def, params, { record, training, singleTask, onNote: (text) => notes.push(text) }),
    ) as [GradientPart, GradientPart];
    const expected = await trainOn(ordinary, batches);
    Reflect.set(recorded, 'window', 6);
    const got = await trainOn(recorded, batches);
    expect(notes).toEqual([]);
    expect(expected.map((r) => r.step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(got).toEqual(expected);
    expect(new Set(got.map((r) => r.gradientNorm)).size).toBe(20);
    const [one, other] = [await stateOf(ordinary), await stateOf(recorded)];
    expect(other).toEqual(one);
    ordinary.dispose();
    recorded.dispose();
    batches.forEach(disposeBatch);
  });

  const SMALL: Params = {
    width: 4,
    heads: 2,
    feedForward: 6,
    tower: [5],
    hidden: [6, 5],
    shared: [6, 5],
    expert: [6, 4],
    embedding: 3,
    experts: 3,
    rank: 2,
  };
  const gradientModels = Object.values<ModelDef>(models).flatMap((def) =>
    isBoosted(def) ? [] : [[def.id, def] as const],
  );

  it.each(gradientModels)('steps of %s are replayed', async (_id, def) => {
    const known = new Set(def.params.map((p) => p.key));
    const params = Object.fromEntries(Object.entries(SMALL).filter(([key]) => known.has(key)));
    const rows = mixedDataset(30);
    const batches = [0, 10, 20].map((start) => toTensors(rows, rows.split.train.subarray(start, start + 10)));
    const notes: string[] = [];
    const states: unknown[] = [];
    for (const record of [false, true]) {
      const onNote = (text: string) => notes.push(text);
      const part = createPart(def, params, { record, dataset: rows, singleTask: def.singleTask, onNote });
      await trainOn(part, batches);
      states.push((await stateOf(part)).tensors);
      part.dispose();
    }
    expect(notes).toEqual([]);
    expect(states[1]).toEqual(states[0]);
    batches.forEach(disposeBatch);
  });

  it('leaves no tensor and no byte behind in 200 steps', async () => {
    const bytesInGpu = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const batch = createBatch(8);
    const before = tf.memory().numTensors;
    const part = createPart(mmoe, EXPERTS);
    await trainOn(part, [batch, batch, batch]);
    const [tensors, bytes] = [tf.memory().numTensors, bytesInGpu()];
    await trainOn(part, new Array<TensorBatch>(200).fill(batch));
    expect(part.step).toBe(203);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bytesInGpu()).toBe(bytes);
    part.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeBatch(batch);
  });

  it('recordings of networks side by side share memory, and give it back', async () => {
    const bytesInGpu = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const [full, rest] = [createBatch(64), createBatch(48)];
    const before = bytesInGpu();
    const parts: GradientPart[] = [];
    const grown: number[] = [];
    for (let i = 0; i < 2; i++) {
      const part = createPart(multitab, { ...ATTENTION, attention: 'col' });
      parts.push(part);
      const start = bytesInGpu();
      await trainOn(part, [full, rest, full, rest]);
      grown.push(bytesInGpu() - start);
    }
    const [first = 0, second = 0] = grown;
    expect(second).toBeLessThan(first / 2);
    // Interleaved, as a model and its baseline are: neither disturbs the other.
    const alone = createPart(multitab, { ...ATTENTION, attention: 'col' }, { record: false });
    await trainOn(alone, [full, rest, full, rest, full, rest]);
    for (const batch of [full, rest]) for (const part of parts) await trainOn(part, [batch]);
    const expected = (await stateOf(alone)).tensors;
    for (const part of parts) expect((await stateOf(part)).tensors).toEqual(expected);
    for (const part of [...parts, alone]) part.dispose();
    disposeBatch(full);
    disposeBatch(rest);
    await tf.nextFrame();
    expect(bytesInGpu()).toBeLessThanOrEqual(before + 4096);
  });

  it('launches as often as an ordinary step, and not through tfjs', async () => {
    const batch = createBatch(8);
    const counts: number[] = [];
    for (const record of [false, true]) {
      const part = createPart(multitab, { ...ATTENTION, attention: 'col' }, { record });
      await trainOn(part, [batch, batch]);
      counts.push((await countLaunches(() => trainOn(part, [batch]))).launches);
      const { kernels } = await tf.profile(() => trainOn(part, [batch]) as never);
      if (record) expect(kernels).toEqual([]);
      else expect(kernels.length).toBeGreaterThan(20);
      part.dispose();
    }
    expect(counts[1]).toBe(counts[0]);
    disposeBatch(batch);
  });

  it('goes on where a checkpoint was loaded', async () => {
    const batches = Array.from({ length: 6 }, (_, i) => createBatch(9, i));
    const params = { ...ATTENTION, attention: 'col' };
    const [unbroken, broken, resumed] = [0, 1, 2].map(() => createPart(multitab, params)) as [
      GradientPart,
      GradientPart,
      GradientPart,
    ];
    await trainOn(unbroken, batches);
    await trainOn(broken, batches.slice(0, 3));
    // It has a recording, of variables that the checkpoint replaces.
    await trainOn(resumed, batches.slice(3));
    const { tensors, state } = await broken.save();
    resumed.load(tensors, state);
    await trainOn(resumed, batches.slice(3));
    expect((await stateOf(resumed)).tensors).toEqual((await stateOf(unbroken)).tensors);
    for (const part of [unbroken, broken, resumed]) part.dispose();
    batches.forEach(disposeBatch);
  });

  it.each([1, 8])('with %i steps in flight, a fault names its step, task and tensor', async (inFlight) => {
    const good = createBatch(8);
    const targets = good.values.targets.slice();
    targets[2 * 8 + 5] = Number.NaN;
    const bad = fromValues(dataset, { ...good.values, targets }, 8);
    const part = createPart(multitab, { ...ATTENTION, attention: 'col' });
    await trainOn(part, [good]);
    Reflect.set(part, 'window', inFlight);
    const reports: StepReport[] = [];
    const failure = await (async () => {
      for (const batch of [good, good, bad, good, good, good, good, good, good]) {
        Reflect.set(part, 'window', inFlight);
        reports.push(...(await part.trainStep(batch, 1)));
      }
      return null;
    })().catch((error: unknown) => error);
    expect(reports.map((r) => r.step)).toEqual([2, 3]);
    expect(failure).toBeInstanceOf(WorkbenchError);
    expect((failure as WorkbenchError).message).toMatch(/step 4: the loss of y2/);
    expect(part.step).toBe(3);
    const { tensors } = await part.save();
    expect(Object.values(tensors).every((values) => values.every(Number.isFinite))).toBe(true);
    part.dispose();
    disposeBatch(good);
    disposeBatch(bad);
  });
});
