// Gradient methods of every kind on WebGPU (the software adapter): the same gradients as without recording, and a note if steps
// are not replayed.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../../platform/browser.ts';
import { defaultsOf, type Params } from '../../config/params.ts';
import { stepRecorder } from '../../kernels/runtime/backendRuntime.ts';
import type { StepRecorder } from '../../kernels/runtime/recording.ts';
import { equal } from '../../methods/equal.ts';
import type { GradientMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { toys } from '../../methods/testing/registry.ts';
import { mmoe } from '../../models/mmoe.ts';
import type { GradientModelDef } from '../../models/model.ts';
import { mtMlp } from '../../models/mtMlp.ts';
import { multitab } from '../../models/multitab.ts';
import { compileSteps } from '../compileSteps.ts';
import type { GradientNetwork } from '../gradientNetwork.ts';
import { bytesInGpu, setWindow, stateOf, trainOn } from '../stepTesting.ts';
import { disposeBatch, type TensorBatch, toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';

const dataset = mixedDataset(24);
const batch = (from = 0) => toTensors(dataset, dataset.split.train.subarray(from, from + 8));
const ATTENTION = { width: 4, heads: 2, feedForward: 6, tower: [3], attention: 'row_col' };
const BOTTOM = { shared: [4], tower: [3], embedding: 2 };
const EXPERTS = { experts: 3, expert: [5, 4], tower: [3], embedding: 2 };

const REASONS: Record<keyof typeof toys, string | null> = {
  given: null,
  averaged: 'what Averaged launches may differ from step to step',
  observing: 'what Observing launches may differ from step to step',
  // In two parts, with what is read between them.
  normalised: null,
  projected: 'what Projected launches may differ from step to step',
};

/** As plain numbers. */
async function gradientsOf(network: GradientNetwork, rows: TensorBatch): Promise<number[]> {
  const { taskLosses, gradients } = await network.program.differentiate(rows, 1);
  const values = await Promise.all(gradients.map((g) => g.data()));
  tf.dispose([taskLosses, gradients]);
  return values.flatMap((v) => Array.from(v));
}

describe('gradient methods on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  it.each([
    ['attention', multitab, ATTENTION],
    ['experts', mmoe, EXPERTS],
  ] as const)(
    'the gradients of single tasks add up to those of their sum: %s',
    async (_name, def, params) => {
      const rows = batch();
      const sum: GradientMethod = {
        ...toys.projected,
        start: () => ({ combine: (gradients) => tf.sum(gradients, 0) }),
      };
      const tensors = tf.memory().numTensors;
      const [expected = [], ...others] = await Promise.all(
        [equal, sum].map(async (method) => {
          const network = createNetwork(def, { ...params }, { dataset, method });
          const found = await gradientsOf(network, rows);
          network.dispose();
          return found;
        }),
      );
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
      for (const found of others) {
        const errors = found.map((v, i) => Math.abs(v - (expected[i] as number)));
        expect(Math.max(...errors)).toBeLessThan(2e-5);
      }
      disposeBatch(rows);
      expect(tf.memory().numTensors).toBe(tensors);
    },
  );

  it.each(Object.entries<GradientMethod>(toys))(
    '%s trains as it does step by step, and says where steps are not replayed',
    async (id, method) => {
      const notes: string[] = [];
      const states: unknown[] = [];
      const ofMethod = { ...defaultsOf(method.params), givenWeights: [2, 0.5, 1] };
      for (const record of [false, true]) {
        const network = createNetwork(mmoe, EXPERTS, {
          dataset,
          method,
          record,
          training: { ofMethod },
          onNote: ({ text }) => notes.push(text),
        });
        if (record) await compileSteps([network], [batch]);
        for (const from of [0, 8, 16, 0]) {
          const rows = batch(from);
          await network.trainStep(rows, 1);
          await network.drainPendingSteps();
          disposeBatch(rows);
        }
        states.push((await network.save()).tensors);
        network.dispose();
      }
      expect(states[1]).toEqual(states[0]);
      const reason = REASONS[id as keyof typeof toys];
      expect(notes).toEqual(
        reason ? [`Steps of MMoE are not replayed, which makes them slower: ${reason}.`] : [],
      );
    },
  );

  it.each<[string, GradientModelDef, Params, Record<string, unknown>]>([
    ['cagrad', mmoe, { ...EXPERTS, dropout: 0.3 }, { weightMomentum: 0.5 }],
    ['gradnorm', multitab, ATTENTION, {}],
    // With moved parameters, of a network with batch norm.
    ['upgrad', mtMlp, { ...BOTTOM, dropout: 0.3 }, { sharpness: 'flat-regions' }],
    ['mgda', mtMlp, BOTTOM, { sharpness: 'samo', samoLocal: 'gradient' }],
    // In one part.
    ['gls', mtMlp, { ...BOTTOM, dropout: 0.3 }, { sharpness: 'sam' }],
  ])('steps of %s are replayed, bit by bit', async (id, def, params, training) => {
    const method: GradientMethod = methods[id as keyof typeof methods];
    const ofMethod = defaultsOf(method.params);
    // Two sizes, as in an epoch whose last batch is smaller.
    const batches = Array.from({ length: 9 }, (_, i) =>
      toTensors(dataset, dataset.split.train.subarray(i, i + (i % 3 === 2 ? 5 : 8))),
    );
    const notes: string[] = [];
    const onNote = ({ text }: { text: string }) => notes.push(text);
    const states: unknown[] = [];
    for (const record of [false, true]) {
      const network = createNetwork(def, params, {
        dataset,
        method,
        record,
        training: { ...training, ofMethod },
        onNote,
      });
      setWindow(network, 4);
      const reports = await trainOn(network, batches);
      states.push([reports, await stateOf(network), await network.program.readWeights()]);
      const { kernels } = await tf.profile(() => trainOn(network, batches.slice(0, 1)) as never);
      // Nothing of a replay goes through tfjs.
      expect(kernels.length > 0).toBe(!record);
      network.dispose();
    }
    expect(notes).toEqual([]);
    expect(states[1]).toEqual(states[0]);
    batches.forEach(disposeBatch);
  });

  it('leaves no tensor and no byte behind in steps of two parts', async () => {
    const rows = batch();
    const before = tf.memory().numTensors;
    const network = createNetwork(mmoe, EXPERTS, {
      dataset,
      method: methods.mgda,
      training: { ofMethod: defaultsOf(methods.mgda.params) },
    });
    await trainOn(network, [rows, rows, rows]);
    const [tensors, bytes] = [tf.memory().numTensors, bytesInGpu()];
    await trainOn(network, new Array<TensorBatch>(30).fill(rows));
    expect([tf.memory().numTensors, bytesInGpu()]).toEqual([tensors, bytes]);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeBatch(rows);
  });

  it('refuses another step between the parts of one, whose values it would overwrite', async () => {
    const recorder = stepRecorder() as StepRecorder;
    const x = tf.tensor1d([1, 2]);
    const work = { first: () => tf.add(x, 1), second: () => {} };
    const disturbed = { ...work, between: () => void recorder.record(() => {}, []) };
    await expect(recorder.recordInTwo(disturbed, [x])).rejects.toThrow(/another one began before its end/);
    // And goes on.
    const read: number[] = [];
    const between = (values: Float32Array) => void read.push(...values);
    const recording = await recorder.recordInTwo({ ...work, between }, [x]);
    if ('refused' in recording) throw new Error(recording.refused);
    recorder.write(x, Float32Array.of(5, 7));
    await recording.replayInTwo(1, between);
    expect(read).toEqual([2, 3, 6, 8]);
    recording.dispose();
    x.dispose();
  });
});
