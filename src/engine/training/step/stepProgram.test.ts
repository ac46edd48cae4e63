// Steps with gradient methods of every kind: the gradients are those of the method's objective, methods leak no tensor, and
// their state is stored in checkpoints.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import { equal } from '../../methods/equal.ts';
import type { GradientMethod, GramMethod } from '../../methods/method.ts';
import { toys } from '../../methods/testing/registry.ts';
import { type GradientModelDef, isBoosted, type ModelDef } from '../../models/model.ts';
import { multitab } from '../../models/multitab.ts';
import { models } from '../../models/registry.ts';
import { stMlp } from '../../models/stMlp.ts';
import type { GradientNetwork } from '../gradientNetwork.ts';
import type { TrainingSettings } from '../params.ts';
import { TensorBatch, toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';

const dataset = mixedDataset(24);
const SMALL = { width: 4, heads: 2, feedForward: 6, tower: [3] };
const WEIGHTS = [0.25, 3, 1.5];

const batch = () => toTensors(dataset, dataset.split.train);

function networkWith(method: GradientMethod, settings: Params = {}): GradientNetwork {
  const ofMethod = { ...defaultsOf(method.params), ...settings };
  return createNetwork(multitab, SMALL, { dataset, method, training: { learningRate: 0.05, ofMethod } });
}

/** Losses per task, and the gradient of every parameter, as plain numbers. */
async function gradientsOf(network: GradientNetwork): Promise<{ losses: number[]; gradients: number[][] }> {
  const rows = batch();
  const { taskLosses, gradients } = await network.program.differentiate(rows, 1);
  const read = {
    losses: Array.from(taskLosses.dataSync()),
    gradients: gradients.map((g) => Array.from(g.dataSync())),
  };
  tf.dispose([taskLosses, gradients]);
  rows.dispose();
  return read;
}

const valuesOf = ({ model }: GradientNetwork) =>
  model.parameters.map((p) => Array.from(p.variable.dataSync()));
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const differenceOf = (one: readonly number[][], other: readonly number[][]) =>
  largest(one.flatMap((values, i) => values.map((v, k) => v - (other[i]?.[k] as number))));

/** A method that trains one task alone. */
const only = (task: number, numTasks = 3): GradientMethod => ({
  ...equal,
  fixedWeights: () => Array.from({ length: numTasks }, (_, t) => +(t === task)),
});

const byGram = (weights: readonly number[]): GramMethod => ({
  ...toys.normalised,
  start: () => ({ weights: () => weights }),
});

beforeAll(() => tf.setBackend('cpu'));

describe('gradients', () => {
  it('of given weights are those of the weighted sum of the losses, by central differences', async () => {
    // The same network three times; finite differences take long, so they are computed once.
    const all: [string, number[][]][] = [];
    for (const [kind, method] of Object.entries<GradientMethod>({
      'from losses': { ...toys.given, start: () => ({ weights: () => tf.tensor1d(WEIGHTS) }) },
      'from inner products': byGram(WEIGHTS),
    })) {
      const other = networkWith(method);
      all.push([kind, (await gradientsOf(other)).gradients]);
      other.dispose();
    }
    const network = networkWith({ ...equal, fixedWeights: () => WEIGHTS });
    const { gradients } = await gradientsOf(network);
    all.push(['fixed', gradients]);
    const objective = async () => {
      const { losses } = await gradientsOf(network);
      return losses.reduce((sum, loss, t) => sum + (WEIGHTS[t] as number) * loss, 0);
    };
    // The error of the finite difference grows with epsilon squared; float32 rounding shrinks with it.
    const epsilon = 1e-3;
    for (const [i, { variable, name }] of network.model.parameters.entries()) {
      const values = variable.dataSync().slice();
      const own = gradients[i] as number[];
      const k = own.findIndex((g) => Math.abs(g) === largest(own));
      const at = async (change: number) => {
        const changed = values.slice();
        changed[k] = (values[k] as number) + change;
        tf.tidy(() => variable.assign(tf.tensor(changed, variable.shape)));
        return objective();
      };
      const slope = ((await at(epsilon)) - (await at(-epsilon))) / (2 * epsilon);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      for (const [kind, ofKind] of all)
        expect(Math.abs(slope - (ofKind[i]?.[k] as number)), `${kind}: ${name}[${k}]`).toBeLessThan(
          2e-3 + 0.01 * Math.abs(slope),
        );
    }
    network.dispose();
  });

  it('of weights 1 are those of equal: of the losses bit by bit, of single tasks but for the order of adding up', async () => {
    const network = networkWith(equal);
    const expected = await gradientsOf(network);
    network.dispose();
    for (const [method, tolerance] of [
      [toys.given, 0],
      // A float32 sum of three gradients instead of the gradient of a sum.
      [byGram([1, 1, 1]), 1e-6],
    ] as const) {
      const own = networkWith(method);
      const found = await gradientsOf(own);
      expect(found.losses).toEqual(expected.losses);
      expect(differenceOf(found.gradients, expected.gradients)).toBeLessThanOrEqual(tolerance);
      own.dispose();
    }
  });

  it('of the tasks reach a method as rows over what they share, and what a task owns follows its own loss', async () => {
    const alone = await Promise.all([0, 1, 2].map((t) => gradientsOf(networkWith(only(t)))));
    let rows: number[][] = [];
    const network = networkWith({
      ...toys.projected,
      start: () => ({
        combine(gradients) {
          rows = gradients.arraySync();
          return tf.mul(tf.sum(gradients, 0), 7);
        },
      }),
    });
    const found = await gradientsOf(network);
    const shared = (gradients: readonly number[][], isShared: boolean) =>
      network.model.parameters.flatMap(({ parts }, i) =>
        parts
          .filter((p) => (p.task === null) === isShared)
          .flatMap(({ start, size }) => gradients[i]?.slice(start, start + size) ?? []),
      );
    for (const [t, { gradients }] of alone.entries())
      expect(differenceOf([rows[t] as number[]], [shared(gradients, true)])).toBeLessThan(1e-7);
    const sums = (isShared: boolean) => {
      const each = alone.map(({ gradients }) => shared(gradients, isShared));
      return (each[0] ?? []).map((_, k) => each.reduce((sum, values) => sum + (values[k] as number), 0));
    };
    expect(differenceOf([shared(found.gradients, true)], [sums(true).map((v) => 7 * v)])).toBeLessThan(1e-5);
    expect(differenceOf([shared(found.gradients, false)], [sums(false)])).toBeLessThan(1e-6);
    expect(sums(false).length).toBeGreaterThan(0);
    network.dispose();
  });

  it('of conflicting tasks do not point against any of them when two are projected', async () => {
    const combined = tf.tidy(() => {
      const learner = toys.projected.start({
        numTasks: 2,
        kinds: ['squared-error', 'squared-error'],
        sharedSize: 2,
        settings: {},
        seed: 1,
        note: () => {},
      });
      const gradients = tf.tensor2d([
        [1, 0],
        [-0.5, 1],
      ]);
      return learner.combine(gradients, tf.tensor1d([1, 1]), 1).arraySync();
    });
    const [x = 0, y = 0] = combined;
    expect(x).toBeGreaterThan(0);
    expect(-0.5 * x + y).toBeGreaterThan(0);
  });
});

describe('a model says which tensors its tasks share', () => {
  const defs = Object.values<ModelDef>(models).filter((d): d is GradientModelDef => !isBoosted(d));
  const SIZES = { ...SMALL, hidden: [5], shared: [6], expert: [5, 4], embedding: 2, layers: 2, experts: 3 };

  it.each(defs.map((def) => [def.id, def] as const))(
    '%s: what one loss alone reaches, and nothing else, is of its task',
    async (_id, def) => {
      const known = defaultsOf(def.params);
      const params = Object.fromEntries(Object.entries(SIZES).filter(([key]) => key in known));
      const reachedBy = new Map<string, { owner: number | null; tasks: number[] }>();
      for (const task of [0, 1, 2]) {
        const network = createNetwork(def, params, { dataset, method: only(task), singleTask: false });
        const { gradients } = await gradientsOf(network);
        for (const [i, { parts }] of network.model.parameters.entries())
          for (const { name, start, size, task: owner } of parts) {
            const entry = reachedBy.get(name) ?? { owner, tasks: [] };
            reachedBy.set(name, entry);
            if (largest(gradients[i]?.slice(start, start + size) ?? []) > 0) entry.tasks.push(task);
          }
        network.dispose();
      }
      const names = (isOf: (entry: { owner: number | null; tasks: number[] }) => boolean) =>
        [...reachedBy].filter(([, entry]) => isOf(entry)).map(([name]) => name);
      expect(names(({ owner, tasks }) => owner !== null && tasks.some((t) => t !== owner))).toEqual([]);
      // Whether other tasks read a task's token depends on the mask, so the token counts as shared.
      const unshared = names(({ owner, tasks }) => owner === null && tasks.length === 1);
      expect(unshared.filter((name) => !name.startsWith('tok_emb.embedding_layers.'))).toEqual([]);
    },
  );
});

describe.each(Object.entries<GradientMethod>(toys))('the method %s', (_id, method) => {
  it('trains, and leaves no tensor behind', async () => {
    const tensors = tf.memory().numTensors;
    const network = networkWith(method, { givenWeights: [2, 0.5, 1] });
    const before = valuesOf(network);
    const rows = batch();
    const losses: number[] = [];
    await network.trainStep(rows, 1);
    const held = tf.memory().numTensors;
    for (let step = 0; step < 6; step++) {
      const [report] = await network.trainStep(rows, 1);
      losses.push(largest(report?.taskLosses ?? []));
    }
    expect(tf.memory().numTensors).toBe(held);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    expect(differenceOf(valuesOf(network), before)).toBeGreaterThan(0.01);
    network.dispose();
    rows.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('goes on from a checkpoint as if nothing had been', async () => {
    const batches = [0, 1, 2, 3].map((i) =>
      toTensors(dataset, dataset.split.train.subarray(4 * i, 4 * i + 8)),
    );
    const take = async (network: GradientNetwork, from: number) => {
      for (const rows of batches.slice(from)) await network.trainStep(rows, 1);
      return valuesOf(network);
    };
    const [unbroken, broken, resumed] = [1, 2, 3].map(() => networkWith(method)) as [
      GradientNetwork,
      GradientNetwork,
      GradientNetwork,
    ];
    const expected = await take(unbroken, 0);
    for (const rows of batches.slice(0, 2)) await broken.trainStep(rows, 1);
    const { tensors, state } = structuredClone(await broken.save());
    await take(broken, 2);
    resumed.load(tensors, state);
    expect(await take(resumed, 2)).toEqual(expected);
    for (const network of [unbroken, broken, resumed]) network.dispose();
    for (const rows of batches) rows.dispose();
  });

  it('changes nothing in networks of single tasks', async () => {
    const values = async (chosen: GradientMethod) => {
      const params = { hidden: [5], embedding: 2 };
      const network = createNetwork(stMlp, params, { dataset, method: chosen, singleTask: true });
      const rows = batch();
      await network.trainStep(rows, 1);
      const moved = valuesOf(network);
      network.dispose();
      rows.dispose();
      return moved;
    };
    expect(await values(method)).toEqual(await values(equal));
  });

  it('is not needed to say where a number is not finite', async () => {
    const network = networkWith(method);
    const rows = batch();
    const targets = rows.values.targets.slice();
    targets[3] = Number.NaN;
    const bad = new TensorBatch(dataset, { ...rows.values, targets });
    const before = valuesOf(network);
    await expect(network.trainStep(bad, 1)).rejects.toMatchObject({
      kind: 'numeric',
      message: expect.stringContaining('Run stopped at step 1: the loss of a is not a finite number'),
    });
    expect(valuesOf(network)).toEqual(before);
    network.dispose();
    bad.dispose();
  });
});

describe('a method that learns from what its step did', () => {
  it('sees the losses of the batch before and after, and never after a fault', async () => {
    const seen: { before: number[]; after: number[]; step: number }[] = [];
    const network = networkWith({
      ...toys.observing,
      start: () => ({
        weights: (losses: tf.Tensor1D) => tf.onesLike(losses),
        afterUpdate(before, after, step) {
          seen.push({ before: Array.from(before.dataSync()), after: Array.from(after.dataSync()), step });
        },
      }),
    });
    const rows = batch();
    const reports = [...(await network.trainStep(rows, 1)), ...(await network.trainStep(rows, 1))];
    expect(seen.map((s) => s.before)).toEqual(reports.map((r) => r.taskLosses));
    expect(seen.map((s) => s.step)).toEqual([1, 2]);
    // Without dropout, the next step begins where this one ended.
    expect(seen[0]?.after).toEqual(seen[1]?.before);
    const targets = rows.values.targets.map(() => Number.NaN);
    const bad = new TensorBatch(dataset, { ...rows.values, targets });
    await expect(network.trainStep(bad, 1)).rejects.toThrow(/step 3/);
    expect(seen).toHaveLength(2);
    network.dispose();
    rows.dispose();
    bad.dispose();
  });
});

describe('the update of a step', () => {
  /** The values of MultiTab-Net before one step, and their change by it. */
  async function step(training: Partial<TrainingSettings>) {
    const network = createNetwork(multitab, SMALL, { dataset, method: equal, training });
    const before = valuesOf(network).flat();
    const rows = batch();
    const [report] = await network.trainStep(rows, 1);
    const change = valuesOf(network)
      .flat()
      .map((value, k) => value - (before[k] as number));
    network.dispose();
    rows.dispose();
    return { before, change, norm: report?.gradientNorm ?? Number.NaN };
  }

  it('is along the gradient, whose norm is limited to the clip norm', async () => {
    const sgd = { optimizer: 'sgd', learningRate: 0.5 } as const;
    const free = await step(sgd);
    expect(Math.hypot(...free.change)).toBeCloseTo(0.5 * free.norm, 4);
    const clipped = await step({ ...sgd, clipNorm: free.norm / 4 });
    expect(clipped.norm).toBe(free.norm);
    expect(largest(clipped.change.map((c, k) => c - (free.change[k] as number) / 4))).toBeLessThan(1e-6);
  });

  it('takes the weight decay off every value', async () => {
    const adamw = { optimizer: 'adamw', learningRate: 0.1 } as const;
    const plain = await step({ ...adamw, weightDecay: 0 });
    const { before, change } = await step({ ...adamw, weightDecay: 0.5 });
    const expected = before.map((value, k) => (plain.change[k] as number) - 0.1 * 0.5 * value);
    expect(largest(change.map((c, k) => c - (expected[k] as number)))).toBeLessThan(1e-6);
  });
});

describe('what a checkpoint keeps of a method', () => {
  const saved = async (method: GradientMethod) => {
    const network = networkWith(method);
    const rows = batch();
    await network.trainStep(rows, 1);
    const { tensors, state } = await network.save();
    network.dispose();
    rows.dispose();
    return { tensors, state };
  };

  it('is named by the method and the version of its state', async () => {
    const { tensors } = await saved(toys.averaged);
    expect(Object.keys(tensors).filter((name) => name.includes('method'))).toEqual([
      'model/method/averaged/1/mean',
    ]);
    expect(Object.keys((await saved(equal)).tensors).filter((name) => name.includes('method'))).toEqual([]);
  });

  it.each<[string, GradientMethod]>([
    ['another method', toys.normalised],
    ['one that keeps nothing', toys.projected],
    ['a later version', { ...toys.averaged, stateVersion: 2 }],
  ])('is refused by %s', async (_name, method) => {
    const { tensors, state } = await saved(toys.averaged);
    const network = networkWith(method);
    expect(() => network.load(tensors, state)).toThrow(
      /expected a state method\/.*, got method\/averaged\/1\/mean/,
    );
    network.dispose();
  });
});
