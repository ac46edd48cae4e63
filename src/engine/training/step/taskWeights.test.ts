// A task's weight scales the effect of its loss on every parameter, whether weights are fixed or computed from the losses;
// single-task networks share nothing and are not weighted.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../../config/params.ts';
import { equal } from '../../methods/equal.ts';
import { type GradientMethod, hasFixedWeights } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { given } from '../../methods/testing/given.ts';
import { mtMlp } from '../../models/mtMlp.ts';
import { stMlp } from '../../models/stMlp.ts';
import type { TrainingSettings } from '../params.ts';
import { toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';

const dataset = mixedDataset(24);
const training: Partial<TrainingSettings> = {
  optimizer: 'sgd',
  learningRate: 0.5,
  clipNorm: 0,
  decay: 'constant',
  warmupSteps: 0,
};

const toy = (weights: readonly number[], isKnown: boolean): GradientMethod =>
  isKnown
    ? { ...equal, id: 'toy', fixedWeights: () => [...weights] }
    : { ...given, start: () => ({ weights: () => tf.tensor1d([...weights]) }) };

/** The change by one step, per tensor. */
async function changes(method: GradientMethod, options: { singleTask?: boolean } = {}) {
  const network = options.singleTask
    ? createNetwork(stMlp, { hidden: [5], embedding: 2 }, { dataset, training, method, singleTask: true })
    : createNetwork(
        mtMlp,
        { shared: [6], tower: [5], embedding: 2, initialisation: 'scaled' },
        { dataset, training, method },
      );
  const read = () =>
    network.model.parameters.flatMap(({ variable, parts }) => {
      const values = variable.dataSync();
      return parts.map((p) => ({ ...p, values: values.slice(p.start, p.start + p.size) }));
    });
  const before = read();
  const batch = toTensors(dataset, dataset.split.train);
  const [report] = await network.trainStep(batch, 1);
  const after = read();
  network.dispose();
  batch.dispose();
  const moved = before.map(({ name, task, values }, i) => ({
    name,
    task,
    change: Array.from(values, (v, k) => (after[i]?.values[k] as number) - v),
  }));
  return { moved, losses: report?.taskLosses ?? [] };
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

beforeAll(() => tf.setBackend('cpu'));

describe.each([
  ['known beforehand', true],
  ['made of the losses', false],
])('weights %s', (_, isKnown) => {
  it('scale what each task does, to shared tensors and to its own', async () => {
    const alone = await Promise.all(
      [0, 1, 2].map((t) =>
        changes(
          toy(
            [0, 1, 2].map((i) => +(i === t)),
            isKnown,
          ),
        ),
      ),
    );
    const weights = [0.25, 3, 1.5];
    const { moved, losses } = await changes(toy(weights, isKnown));
    for (const [i, { name, task, change }] of moved.entries()) {
      const expected = change.map((_c, k) =>
        weights.reduce((sum, w, t) => sum + w * (alone[t]?.moved[i]?.change[k] as number), 0),
      );
      const error = largest(change.map((c, k) => c - (expected[k] as number)));
      expect(error, name).toBeLessThan(2e-6);
      // A shift of all rows has no gradient before a batch norm.
      if (/embedding_layers\.\d+\.bias|mlp\.\d+\.0\.bias/.test(name)) continue;
      for (const t of weights.keys()) {
        const own = largest(alone[t]?.moved[i]?.change ?? []);
        if (task === null || task === t) expect(own, `${name} by task ${t}`).toBeGreaterThan(1e-4);
        else expect(own, `${name} by task ${t}`).toBe(0);
      }
    }
    // Reported is the unweighted loss of the task.
    expect(losses).toEqual(alone[0]?.losses);
  });

  it('of 0 leave a task untrained', async () => {
    const { moved } = await changes(toy([1, 0, 1], isKnown));
    for (const { name, task, change } of moved) if (task === 1) expect(largest(change), name).toBe(0);
  });

  it('count in no network of a single task', async () => {
    const [plain, weighted] = [
      await changes(equal, { singleTask: true }),
      await changes(toy([5, 0, 0.1], isKnown), { singleTask: true }),
    ];
    expect(weighted.moved).toEqual(plain.moved);
  });
});

it.each(['off', 'sam'] as const)(
  'weights made of the losses can be read, sharpness %s',
  async (sharpness) => {
    const before = tf.memory().numTensors;
    const ofMethod = { ...defaultsOf(methods.uw.params), uwInitial: Math.log(2), uwRate: 1 };
    const network = createNetwork(
      mtMlp,
      { shared: [6], tower: [5], embedding: 2 },
      { dataset, method: methods.uw, training: { ...training, sharpness, ofMethod } },
    );
    const batch = toTensors(dataset, dataset.split.train);
    const read: number[][] = [];
    for (let step = 0; step < 2; step++) {
      await network.trainStep(batch, 1);
      read.push(Array.from((await network.readTaskWeights()) ?? []));
    }
    // e^-s / 2, before the first update of s.
    expect(read[0]).toEqual([0.25, 0.25, 0.25]);
    expect(read[1]?.every((w) => w > 0 && w !== 0.25)).toBe(true);
    network.dispose();
    batch.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

describe('equal weights', () => {
  it('are what is chosen by their name', () => {
    expect(methods.equal).toBe(equal);
    expect(hasFixedWeights(equal)).toBe(true);
  });

  it('are 1 for every task', async () => {
    expect(equal.fixedWeights(4, {})).toEqual([1, 1, 1, 1]);
    const { moved } = await changes(equal);
    expect((await changes(toy([1, 1, 1], true))).moved).toEqual(moved);
    // Equal to the last bit, although they are computed within the step.
    expect((await changes(toy([1, 1, 1], false))).moved).toEqual(moved);
  });
});
