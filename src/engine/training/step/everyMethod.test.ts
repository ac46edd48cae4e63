// Properties of every gradient method in the registry: a step changes the shared parameters and stays finite, a run resumes
// from a checkpoint bit for bit, and nothing leaks. The numbers are tested by golden/weighting.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import type { GradientMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { smoothed } from '../../methods/smoothed.ts';
import { mtMlp } from '../../models/mtMlp.ts';
import type { GradientNetwork } from '../gradientNetwork.ts';
import { type TrainingSettings, trainingParams, trainingSettings } from '../params.ts';
import { toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';
import { createCombiner } from './combiner.ts';
import { TaskPass } from './taskPass.ts';

const dataset = mixedDataset(24);
/** Short windows, so that the checkpoint lies within a method's history. */
const QUICK: Params = {
  // Shares that three steps leave uneven.
  updateShares: [2, 1, 1],
  dwaSteps: 1,
  stchWarmup: 1,
  gradvacBeta: 0.5,
};

const networkWith = (method: GradientMethod, around: Partial<TrainingSettings> = {}) => {
  const known = defaultsOf(method.params);
  const ofMethod = Object.fromEntries(Object.entries(known).map(([key, v]) => [key, QUICK[key] ?? v]));
  return createNetwork(
    mtMlp,
    { shared: [5], tower: [3], embedding: 2 },
    { dataset, method, training: { ofMethod, optimizer: 'sgd', learningRate: 0.05, ...around } },
  );
};

const valuesOf = (network: GradientNetwork) =>
  network.model.parameters.map(({ variable }) => Array.from(variable.dataSync()));

beforeAll(() => tf.setBackend('cpu'));

type Saved = Awaited<ReturnType<GradientNetwork['save']>>;

/** What a method keeps is not for nothing: from the same checkpoint with the state of a new method, steps lead elsewhere. */
async function expectStateCounts(
  method: GradientMethod,
  around: Partial<TrainingSettings>,
  given: {
    saved: Saved['tensors'];
    state: Saved['state'];
    batches: ReturnType<typeof toTensors>[];
    end: number[][];
  },
) {
  const ofMethod = (name: string) => name.includes('/method/');
  if (!Object.keys(given.saved).some(ofMethod)) return;
  const network = networkWith(method, around);
  const fresh = Object.entries((await network.save()).tensors).filter(([name]) => ofMethod(name));
  network.load({ ...given.saved, ...Object.fromEntries(fresh) }, given.state);
  for (const rows of given.batches) await network.trainStep(rows, 1);
  expect(valuesOf(network)).not.toEqual(given.end);
  network.dispose();
}

/** State of a method of the wrong length, with a part missing, or with one more is refused by name, not taken in part. */
function expectRefused(
  method: GradientMethod,
  around: Partial<TrainingSettings>,
  { saved, state }: { saved: Saved['tensors']; state: Saved['state'] },
) {
  const prefix = `model/method/${method.id}/${method.stateVersion ?? 1}/`;
  const network = networkWith(method, around);
  const refused = (tensors: Saved['tensors'], message: RegExp) => {
    expect(() => network.load(tensors, state)).toThrow(message);
    expect(() => network.load(tensors, state)).toThrow(expect.objectContaining({ kind: 'file' }));
  };
  for (const [name, values] of Object.entries(saved).filter(([key]) => key.startsWith(prefix))) {
    refused({ ...saved, [name]: values.subarray(1) }, /^checkpoint: .*expected \d+ values, got \d+ values/);
    const { [name]: _left, ...rest } = saved;
    refused(rest, /^checkpoint: .*expected \d+ values, got nothing/);
  }
  refused({ ...saved, [`${prefix}other`]: new Float32Array(1) }, /^checkpoint: expected .*, got .*other/);
  network.dispose();
}

/** Three steps, a checkpoint, two more; then the last two again from the checkpoint. */
async function resume(method: GradientMethod, around: Partial<TrainingSettings> = {}) {
  const tensors = tf.memory().numTensors;
  const batches = [0, 1, 2, 3, 4].map((i) =>
    toTensors(dataset, dataset.split.train.subarray(2 * i, 2 * i + 8)),
  );
  const [unbroken, resumed] = [networkWith(method, around), networkWith(method, around)];
  const start = valuesOf(unbroken);
  for (const rows of batches.slice(0, 3)) await unbroken.trainStep(rows, 1);
  const { tensors: saved, state } = structuredClone(await unbroken.save());
  const middle = valuesOf(unbroken);
  for (const rows of batches.slice(3)) await unbroken.trainStep(rows, 1);
  resumed.load(saved, state);
  for (const rows of batches.slice(3)) await resumed.trainStep(rows, 1);
  const end = valuesOf(unbroken);
  expect(valuesOf(resumed)).toEqual(end);
  await expectStateCounts(method, around, { saved, state, batches: batches.slice(3), end });
  expectRefused(method, around, { saved, state });
  expect(end.flat().every(Number.isFinite)).toBe(true);
  expect(middle).not.toEqual(start);
  expect(end).not.toEqual(middle);
  for (const network of [unbroken, resumed]) network.dispose();
  for (const rows of batches) rows.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  return end;
}

describe.each(Object.entries<GradientMethod>(methods))('%s', (_id, method) => {
  it('goes on from a checkpoint bit for bit, and leaves nothing behind', async () => {
    await resume(method);
  });

  it('says where it comes from', () => {
    if (method.id !== 'fixed') expect(method.citation).toMatch(/\d{4}/);
    expect(method.summary).toMatch(/\.$/);
    for (const { key, help } of method.params) expect(help, key).toMatch(/[.)]$/);
  });
});

describe('what is done around a method', () => {
  it.each<[keyof typeof methods, Partial<TrainingSettings>]>([
    ['equal', { sharpness: 'sam' }],
    ['uw', { sharpness: 'sam', samScope: 'shared' }],
    ['uw', { sharpness: 'flat-regions' }],
    ['gradvac', { sharpness: 'flat-regions', rhoOwn: 0.1 }],
    ['db-mtl', { sharpness: 'flat-regions' }],
    ['gradnorm', { sharpness: 'samo' }],
    ['equal', { sharpness: 'samo', samoShare: 1 }],
    ['mgda', { weightMomentum: 0.9 }],
    ['gradnorm', { weightMomentum: 0.5, sharpness: 'flat-regions' }],
  ])('%s with %j goes on from a checkpoint, and is not the method alone', async (id, around) => {
    expect(await resume(methods[id], around)).not.toEqual(await resume(methods[id]));
  });

  it('counts a batch once in the running statistics of batch norm', async () => {
    const statistics = async (around: Partial<TrainingSettings>) => {
      const network = networkWith(methods.equal, around);
      const rows = toTensors(dataset, dataset.split.train.subarray(0, 8));
      await network.trainStep(rows, 1);
      const values = network.model.buffers.map(({ variable }) => Array.from(variable.dataSync()));
      network.dispose();
      rows.dispose();
      return values;
    };
    const plain = await statistics({});
    expect(plain.length).toBeGreaterThan(0);
    for (const sharpness of ['sam', 'flat-regions', 'samo'] as const)
      expect(await statistics({ sharpness })).toEqual(plain);
  });

  it.each<Partial<TrainingSettings>>([
    {},
    { sharpness: 'flat-regions' },
    { sharpness: 'samo', samoLocal: 'gradient' },
  ])('%j leaves nothing behind where a step ends between its two parts', (around) => {
    const network = networkWith(methods.mgda);
    const { model } = network;
    const specs = (['squared-error', 'multiclass', 'binary'] as const).map((kind, i) => ({
      kind,
      outputs: dataset.tasks[i]?.outputs ?? 1,
    }));
    const settings = { ...trainingSettings(defaultsOf(trainingParams)), ...around };
    const context = {
      numTasks: 3,
      kinds: specs.map((s) => s.kind),
      settings: defaultsOf(methods.mgda.params),
      seed: 1,
      note: () => {},
    };
    const before = tf.memory().numTensors;
    const combiner = createCombiner(methods.mgda, model, new TaskPass(model, specs), context, settings);
    const rows = toTensors(dataset, dataset.split.train.subarray(0, 8));
    const parts = combiner.inTwo?.();
    if (!parts) throw new Error('expected a step in two parts');
    const first = () => parts.first(rows, 1).dispose();
    first();
    const held = tf.memory().numTensors;
    first();
    expect(tf.memory().numTensors).toBe(held);
    combiner.dispose();
    rows.dispose();
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('smooths weights from those of the first step on', async () => {
    const learner = smoothed(methods['imtl-g'], 0.75).start({
      numTasks: 2,
      kinds: ['squared-error', 'squared-error'],
      sharedSize: 1,
      settings: {},
      seed: 0,
      note: () => {},
    });
    const first = Array.from(learner.weights(Float64Array.of(1, 0, 0, 9), [1, 1], 1));
    expect(first[0]).toBeCloseTo(0.75, 6);
    // Alone: 1/2 each.
    const second = Array.from(learner.weights(Float64Array.of(1, 0, 0, 1), [1, 1], 2));
    expect(second[0]).toBeCloseTo(0.75 * 0.75 + 0.25 * 0.5, 6);
  });
});
