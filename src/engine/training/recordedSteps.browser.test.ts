// Replayed steps against ordinary ones on WebGPU (the software adapter): equal to the last bit, and nothing is leaked. Steps
// that cannot be replayed are in refusedSteps.browser.test.ts.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import type { Params } from '../config/params.ts';
import type { Note } from '../core/notes.ts';
import { batchOrder } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import { countLaunches } from '../kernels/runtime/launches.ts';
import type { StepRecorder } from '../kernels/runtime/recording.ts';
import { mmoe } from '../models/mmoe.ts';
import { type GradientModelDef, isBoosted, type ModelDef } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { models } from '../models/registry.ts';
import { stMlp } from '../models/stMlp.ts';
import { gradientTwin } from '../models/twin.ts';
import type { GradientNetwork } from './gradientNetwork.ts';
import type { StepReport } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';
import { ResidentTable } from './residentTable.ts';
import { bytesInGpu, setWindow, stateOf, trainOn } from './stepTesting.ts';
import { disposeBatch, TensorBatch, toTensors } from './tensorBatch.ts';
import { createBatch, createNetwork, linearModel, mixedDataset, withMissingLabels } from './testing.ts';

const ATTENTION = { width: 4, heads: 2, feedForward: 6, tower: [3], feedForwardDropout: 0.2 };
const EXPERTS = { experts: 2, expert: [5, 4], tower: [3], embedding: 2, dropout: 0.3 };

describe('recorded steps on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  const training = { clipNorm: 0.5, warmupSteps: 4 };
  const falling = { decay: 'cosine', warmupSteps: 3 } as const;

  it.each([
    ['attention between features', multitab, { ...ATTENTION, attention: 'col' }, training],
    [
      'attention between rows, attention dropout',
      multitab,
      { ...ATTENTION, attention: 'row_col', interSample: 'across-rows', attentionDropout: 0.2, rotary: true },
      training,
    ],
    ['MMoE', mmoe, EXPERTS, { ...falling, optimizer: 'sgd' }],
    ['MMoE with sparse gates', mmoe, { ...EXPERTS, experts: 4, top: 1 }, training],
    [
      'a network per task',
      stMlp,
      { hidden: [5], embedding: 2, dropout: 0.2 },
      { ...falling, optimizer: 'adamw', weightDecay: 0.2, clipNorm: 0.2 },
    ],
    ['a twin', gradientTwin(multitab), { ...ATTENTION, attention: 'col' }, training],
  ] as [string, GradientModelDef, Params, Partial<TrainingSettings>][])(
    '%s: 20 steps bit by bit',
    async (_name, def, params, training) => {
      // Two sizes, as in an epoch with a smaller last batch.
      const batches = Array.from({ length: 20 }, (_, i) => createBatch(i % 5 === 4 ? 7 : 12, i));
      const notes: string[] = [];
      const { singleTask } = def;
      const [ordinary, recorded] = [false, true].map((record) =>
        createNetwork(def, params, { record, training, singleTask, onNote: ({ text }) => notes.push(text) }),
      ) as [GradientNetwork, GradientNetwork];
      const expected = await trainOn(ordinary, batches);
      setWindow(recorded, 6);
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
    },
  );

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

  function tableOf(rows: Dataset): ResidentTable {
    const table = ResidentTable.create(rows, stepRecorder() as StepRecorder);
    if (!(table instanceof ResidentTable)) throw new Error(table.refused);
    return table;
  }

  it.each([
    ['categories and numbers', mixedDataset(53)],
    ['numbers alone', createBatch(53).dataset],
    [
      'labels missing per task, in other numbers from batch to batch',
      withMissingLabels(mixedDataset(53), (task, row) => (row * 7 + task) % (task + 2) > 0),
    ],
  ])('rows taken on the device give the same steps as uploaded ones: %s', async (_name, rows) => {
    const table = tableOf(rows);
    const ranges = [1, 2, 3].flatMap((epoch) => {
      const order = batchOrder(5, epoch, rows.split.train);
      return [0, 20, 40].map((from) => ({ order, from, to: Math.min(53, from + 20) }));
    });
    const tensors = tf.memory().numTensors;
    const states: unknown[] = [];
    for (const [record, resident] of [
      [false, false],
      [true, false],
      [true, true],
    ]) {
      const of = (def: GradientModelDef, params: Params) =>
        createNetwork(def, params, { record, dataset: rows, table: () => (resident ? table : null) });
      // Side by side, like a model and its baseline.
      const networks = [of(multitab, { ...ATTENTION, attention: 'col' }), of(mmoe, EXPERTS)];
      const reports: StepReport[] = [];
      for (const range of ranges) {
        const batch = new TensorBatch(rows, range);
        for (const network of networks) {
          setWindow(network, 4);
          reports.push(...(await network.trainStep(batch, 1)));
        }
        batch.dispose();
      }
      for (const network of networks) reports.push(...(await network.drainPendingSteps()));
      const byNorm = reports.sort((a, b) => a.step - b.step || a.gradientNorm - b.gradientNorm);
      states.push([byNorm, ...(await Promise.all(networks.map(async (p) => (await stateOf(p)).tensors)))]);
      for (const network of networks) network.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
    expect(tf.memory().numTensors).toBe(tensors);
    table.dispose();
  });

  it('writes one uniform for a step, and the order of the rows once per epoch', async () => {
    const rows = mixedDataset(40);
    const table = tableOf(rows);
    const network = createNetwork(mmoe, EXPERTS, { dataset: rows, table: () => table });
    const epoch = async (order: Uint32Array) => {
      for (let from = 0; from < 40; from += 10)
        await network.trainStep(new TensorBatch(rows, { order, from, to: from + 10 }), 1);
      await network.drainPendingSteps();
    };
    await epoch(batchOrder(5, 1, rows.split.train));
    const writes = vi.spyOn((tf.backend() as unknown as { queue: GPUQueue }).queue, 'writeBuffer');
    await epoch(batchOrder(5, 2, rows.split.train));
    const written = writes.mock.calls.map(([, , data]) => (data as ArrayBuffer).byteLength);
    writes.mockRestore();
    // 256 bytes each: the start of the rows, three of dropout and its gradient, the report, the update.
    const uniforms = written[1] as number;
    expect(uniforms).toBeLessThanOrEqual(256 * 16);
    expect(written).toEqual([4 * 40, uniforms, uniforms, uniforms, uniforms]);
    network.dispose();
    table.dispose();
  });

  it.each(gradientModels)('steps of %s are replayed', async (_id, def) => {
    const known = new Set(def.params.map((p) => p.key));
    const params = Object.fromEntries(Object.entries(SMALL).filter(([key]) => known.has(key)));
    const rows = mixedDataset(30);
    const batches = [0, 10, 20].map((start) => toTensors(rows, rows.split.train.subarray(start, start + 10)));
    const notes: string[] = [];
    const states: unknown[] = [];
    for (const record of [false, true]) {
      const onNote = ({ text }: Note) => notes.push(text);
      const network = createNetwork(def, params, {
        record,
        dataset: rows,
        singleTask: def.singleTask,
        onNote,
      });
      await trainOn(network, batches);
      states.push((await stateOf(network)).tensors);
      network.dispose();
    }
    expect(notes).toEqual([]);
    expect(states[1]).toEqual(states[0]);
    batches.forEach(disposeBatch);
  });

  it('leaves no tensor and no byte behind in 200 steps', async () => {
    const batch = createBatch(8);
    const before = tf.memory().numTensors;
    const network = createNetwork(mmoe, EXPERTS);
    await trainOn(network, [batch, batch, batch]);
    const [tensors, bytes] = [tf.memory().numTensors, bytesInGpu()];
    await trainOn(network, new Array<TensorBatch>(200).fill(batch));
    expect(network.step).toBe(203);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bytesInGpu()).toBe(bytes);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeBatch(batch);
  });

  it('recordings of networks side by side share memory, and give it back', async () => {
    const [full, rest] = [createBatch(64), createBatch(48)];
    const before = bytesInGpu();
    const networks: GradientNetwork[] = [];
    const grown: number[] = [];
    for (let i = 0; i < 2; i++) {
      const network = createNetwork(multitab, { ...ATTENTION, attention: 'col' });
      networks.push(network);
      const start = bytesInGpu();
      await trainOn(network, [full, rest, full, rest]);
      grown.push(bytesInGpu() - start);
    }
    const [first = 0, second = 0] = grown;
    expect(second).toBeLessThan(first / 2);
    // Interleaved, like a model and its baseline: neither disturbs the other.
    const alone = createNetwork(multitab, { ...ATTENTION, attention: 'col' }, { record: false });
    await trainOn(alone, [full, rest, full, rest, full, rest]);
    for (const batch of [full, rest]) for (const network of networks) await trainOn(network, [batch]);
    const expected = (await stateOf(alone)).tensors;
    for (const network of networks) expect((await stateOf(network)).tensors).toEqual(expected);
    for (const network of [...networks, alone]) network.dispose();
    disposeBatch(full);
    disposeBatch(rest);
    await tf.nextFrame();
    expect(bytesInGpu()).toBeLessThanOrEqual(before + 4096);
  });

  it('launches as often as an ordinary step, and not through tfjs', async () => {
    const batch = createBatch(8);
    const counts: number[] = [];
    for (const record of [false, true]) {
      const network = createNetwork(multitab, { ...ATTENTION, attention: 'col' }, { record });
      await trainOn(network, [batch, batch]);
      counts.push((await countLaunches(() => trainOn(network, [batch]))).launches);
      const { kernels } = await tf.profile(() => trainOn(network, [batch]) as never);
      if (record) expect(kernels).toEqual([]);
      else expect(kernels.length).toBeGreaterThan(20);
      network.dispose();
    }
    expect(counts[1]).toBe(counts[0]);
    disposeBatch(batch);
  });

  it('is made again for task weights that are set by hand', async () => {
    const batches = Array.from({ length: 4 }, (_, i) => createBatch(9, i));
    const weights = [2, 1, 0, 1, 0.5, 1, 3];
    const states: unknown[] = [];
    for (const record of [false, true]) {
      const network = createNetwork(multitab, { ...ATTENTION, attention: 'col' }, { record });
      await trainOn(network, batches);
      const before = await stateOf(network);
      expect(network.setTaskWeights(weights)).toBe(true);
      await trainOn(network, batches);
      const { kernels } = await tf.profile(() => trainOn(network, batches.slice(0, 1)) as never);
      expect(kernels.length > 0).toBe(!record);
      const after = await stateOf(network);
      expect(after.tensors).not.toEqual(before.tensors);
      expect(Array.from((await network.program.readWeights()) ?? [])).toEqual(weights);
      states.push(after);
      network.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    batches.forEach(disposeBatch);
  });

  it('goes on where a checkpoint was loaded', async () => {
    const batches = Array.from({ length: 6 }, (_, i) => createBatch(9, i));
    const params = { ...ATTENTION, attention: 'col' };
    const [unbroken, broken, resumed] = [0, 1, 2].map(() => createNetwork(multitab, params)) as [
      GradientNetwork,
      GradientNetwork,
      GradientNetwork,
    ];
    await trainOn(unbroken, batches);
    await trainOn(broken, batches.slice(0, 3));
    // It has a recording, of variables that the checkpoint replaces.
    await trainOn(resumed, batches.slice(3));
    const { tensors, state } = await broken.save();
    resumed.load(tensors, state);
    await trainOn(resumed, batches.slice(3));
    expect((await stateOf(resumed)).tensors).toEqual((await stateOf(unbroken)).tensors);
    for (const network of [unbroken, broken, resumed]) network.dispose();
    batches.forEach(disposeBatch);
  });

  it('reads what is on the device after a checkpoint was loaded and looked at', async () => {
    const batches = Array.from({ length: 5 }, (_, i) => createBatch(9, i));
    const states: unknown[] = [];
    for (const record of [false, true]) {
      const network = createNetwork(linearModel(), {}, { record });
      await trainOn(network, batches.slice(0, 3));
      const { tensors, state } = await network.save();
      network.load(tensors, state);
      // Uploads the values, while the buffers of earlier values are free.
      tf.dispose(network.model.forward(batches[0] as TensorBatch, { training: false, step: 0 }));
      const own: unknown[] = [];
      for (const batch of batches.slice(3)) {
        await trainOn(network, [batch]);
        own.push((await stateOf(network)).tensors);
      }
      states.push(own);
      network.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    batches.forEach(disposeBatch);
  });
});
