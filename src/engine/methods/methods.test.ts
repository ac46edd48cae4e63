// What the methods do where their formulas break down: losses of 0 (a batch in which a task has no label), zero gradients and
// opposed gradients.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { type GradientMethod, hasFixedWeights, type MethodContext } from './method.ts';
import { methods } from './registry.ts';
import { addAll } from './tensors.ts';

const contextOf = (method: GradientMethod, settings: Params, note = (_: string) => {}): MethodContext => ({
  numTasks: 3,
  kinds: ['squared-error', 'binary', 'multiclass'],
  sharedSize: 3,
  settings: { ...defaultsOf(method.params), ...settings },
  seed: 1,
  note,
});
const all = Object.entries<GradientMethod>(methods);

beforeAll(() => tf.setBackend('cpu'));

it('GLS of one labelled task is its loss, and of none nothing', () => {
  const { weights } = methods.gls.start(contextOf(methods.gls, {}));
  const of = (...losses: number[]) => tf.tidy(() => weights(tf.tensor1d(losses), 1).arraySync());
  expect(of(0, 3, 0)).toEqual([0, 1, 0]);
  expect(of(0, 0, 0)).toEqual([0, 0, 0]);
  // (2 * 8)^(1/2) / (2 L) each.
  const [a, , c] = of(2, 0, 8);
  expect(a).toBeCloseTo(1, 6);
  expect(c).toBeCloseTo(0.25, 6);
});

describe.each(all.flatMap(([, m]) => (m.needs === 'losses' && !hasFixedWeights(m) ? [m] : [])))(
  'weights of losses by $id',
  (method) => {
    it('leave the other tasks as they are where one has no labelled row', () => {
      const learner = method.start(contextOf(method, { stchWarmup: 1, dwaSteps: 1 }));
      for (const [step, losses] of [
        [1, 2, 0.5],
        [0.9, 0, 0.4],
        [0.8, 1.8, 0.3],
        [0.7, 0, 0.2],
      ].entries()) {
        tf.tidy(() => {
          const before = tf.tensor1d(losses);
          const weights = learner.weights(before, step + 1).arraySync();
          learner.afterUpdate?.(before, tf.mul(before, 0.9), step + 1);
          for (const [t, weight] of weights.entries()) {
            expect(Number.isFinite(weight), `task ${t} at step ${step + 1}`).toBe(true);
            if (losses[t] !== 0 && method !== methods['one-task']) expect(weight).toBeGreaterThan(1e-3);
          }
        });
      }
      learner.dispose?.();
    });
  },
);

describe.each(all.flatMap(([, m]) => (m.needs === 'gram' ? [m] : [])))(
  'weights of gradients by $id',
  (method) => {
    const weigh = (gram: number[], note?: (text: string) => void) =>
      method.start(contextOf(method, {}, note)).weights(Float32Array.from(gram), [1, 1, 1], 1);

    it.each([
      ['all are 0', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
      ['one is 0', [4, 1, 0, 1, 2, 0, 0, 0, 0]],
      ['two oppose each other', [1, -1, 0, -1, 1, 0, 0, 0, 4]],
      ['all are the same', [2, 2, 2, 2, 2, 2, 2, 2, 2]],
      ['lengths differ by 1e12', [1e-12, 0, 0, 0, 1, 0, 0, 0, 1e12]],
    ])('are numbers where %s', (_, gram) => {
      for (const weight of Array.from(weigh(gram))) expect(Number.isFinite(weight)).toBe(true);
    });

    it('say where there is no solution', () => {
      const notes: string[] = [];
      weigh([1, -1, 0, -1, 1, 0, 0, 0, 4], (text) => notes.push(text));
      expect(notes.length).toBe(['nash-mtl', 'fairgrad'].includes(method.id) ? 1 : 0);
    });
  },
);

describe('sums of many tensors', () => {
  it('bind few at a time, and leave none behind', () => {
    const made = Array.from({ length: 60 }, (_, i) => tf.tensor1d([i, 1]));
    const addN = vi.spyOn(tf.engine(), 'runKernel');
    const sum = tf.tidy(() => addAll(made));
    const inputs = addN.mock.calls.map(([, given]) => Object.keys(given).length);
    addN.mockRestore();
    expect(Math.max(...inputs)).toBeLessThanOrEqual(7);
    expect(sum.arraySync()).toEqual([(59 * 60) / 2, 60]);
    tf.dispose([sum, made]);
  });
});

describe('single methods', () => {
  it('draw from the seed and the step', () => {
    const { pcgrad, rlw } = methods;
    const gram = Float32Array.from([1, -0.5, -0.8, -0.5, 1, -0.3, -0.8, -0.3, 1]);
    const orders = (seed: number) =>
      [1, 2, 3, 4].map((step) =>
        Array.from(pcgrad.start({ ...contextOf(pcgrad, {}), seed }).weights(gram, [], step)),
      );
    expect(orders(1)).toEqual(orders(1));
    expect(orders(1)).not.toEqual(orders(2));
    expect(new Set(orders(1).map(String)).size).toBeGreaterThan(1);
    const random = (step: number) =>
      tf.tidy(() =>
        rlw
          .start(contextOf(rlw, {}))
          .weights(tf.ones([3]), step)
          .arraySync(),
      );
    expect(random(1)).toEqual(random(1));
    expect(random(1)).not.toEqual(random(2));
  });

  it('weigh by windows of steps in DWA', () => {
    const learner = methods.dwa.start(contextOf(methods.dwa, { dwaSteps: 2 }));
    const found = [
      [4, 1, 1],
      [2, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
      [9, 9, 9],
    ].map((losses, i) => tf.tidy(() => learner.weights(tf.tensor1d(losses), i + 1).arraySync()));
    for (const weights of found.slice(0, 4)) expect(weights).toEqual([1, 1, 1]);
    // The first task has the means 3 and 1, which gives exp(1/3 / 2), against exp(1 / 2) for the other tasks.
    const [a, b] = [Math.exp(1 / 6), Math.exp(1 / 2)];
    expect(found[4]?.[0]).toBeCloseTo((3 * a) / (a + 2 * b), 5);
    learner.dispose?.();
  });

  it('weigh in DWA by the means of the last two windows, which move on together', () => {
    const learner = methods.dwa.start(contextOf(methods.dwa, { dwaSteps: 3, dwaTemperature: 0.5 }));
    const losses = Array.from({ length: 12 }, (_, i) => [4 / (i + 1), 2 + (i % 3), 1 + i / 4]);
    const mean = (window: number, t: number) =>
      [0, 1, 2].reduce((sum, k) => sum + (losses[3 * window + k]?.[t] as number) / 3, 0);
    for (const [i, row] of losses.entries()) {
      const got = tf.tidy(() => learner.weights(tf.tensor1d(row), i + 1).arraySync());
      const window = Math.floor(i / 3);
      const powers = [0, 1, 2].map((t) =>
        window < 2 ? 1 : Math.exp(mean(window - 1, t) / mean(window - 2, t) / 0.5),
      );
      const sum = powers.reduce((a, b) => a + b, 0);
      got.forEach((w, t) => {
        expect(w, `step ${i + 1}, task ${t + 1}`).toBeCloseTo((3 * (powers[t] as number)) / sum, 4);
      });
    }
    learner.dispose?.();
  });

  it.each(all.flatMap(([, m]) => (m.needs === 'losses' && !hasFixedWeights(m) ? [m] : [])))(
    'go on in $id where they were kept',
    async (method) => {
      const context = contextOf(method, { stchWarmup: 2, dwaSteps: 1 });
      const step = (learner: ReturnType<typeof method.start>, k: number) =>
        tf.tidy(() => {
          const before = tf.tensor1d([3 / k, 2 + k, 1]);
          const weights = learner.weights(before, k).arraySync();
          learner.afterUpdate?.(before, tf.mul(before, 0.8), k);
          return weights;
        });
      const whole = method.start(context);
      for (const k of [1, 2, 3]) step(whole, k);
      const state = structuredClone((await whole.save?.()) ?? {});
      const resumed = method.start(context);
      resumed.restore?.(state);
      expect(step(resumed, 4)).toEqual(step(whole, 4));
      whole.dispose?.();
      resumed.dispose?.();
    },
  );

  it('draw in One task per step every task once in as many steps, in an order of the seed', () => {
    const { 'one-task': oneTask } = methods;
    const drawn = (settings: Params, seed: number, losses: (step: number) => number[]) => {
      const learner = oneTask.start({ ...contextOf(oneTask, settings), seed });
      const found = Array.from({ length: 24 }, (_, i) =>
        tf.tidy(() => learner.weights(tf.tensor1d(losses(i)), i + 1).arraySync()),
      );
      learner.dispose?.();
      // One task has weight 1, the others 0.
      for (const weights of found) expect([...weights].sort()).toEqual([0, 0, 1]);
      return found.map((weights) => weights.indexOf(1));
    };
    const all = () => [1, 2, 0.5];
    const first = drawn({}, 0, all);
    for (let from = 0; from < 24; from += 3) expect(first.slice(from, from + 3).sort()).toEqual([0, 1, 2]);
    expect(drawn({}, 0, all)).toEqual(first);
    expect(drawn({}, 1, all)).not.toEqual(first);
    const times = (tasks: number[]) => [0, 1, 2].map((t) => tasks.filter((task) => task === t).length);
    const [often = 0, ...others] = times(drawn({ updateShares: [2, 1, 1] }, 0, all));
    expect(Math.abs(often - 12)).toBeLessThanOrEqual(1);
    for (const seldom of others) expect(Math.abs(seldom - 6)).toBeLessThanOrEqual(1);
    // A task that has labels in every second batch only is drawn there until it has caught up.
    const rare = drawn({}, 0, (step) => [1, step % 2, 1]);
    expect(rare.every((task, step) => task !== 1 || step % 2 === 1)).toBe(true);
    expect(times(rare)).toEqual([8, 8, 8]);
  });

  it('train nothing in One task per step where no task has a label', () => {
    const learner = methods['one-task'].start(contextOf(methods['one-task'], {}));
    expect(tf.tidy(() => learner.weights(tf.zeros([3]), 1).arraySync())).toEqual([0, 0, 0]);
    learner.dispose?.();
  });

  it('refuse a target that is no task', () => {
    expect(() => methods.tawt.start(contextOf(methods.tawt, { tawtTarget: 4 }))).toThrow(
      /tawtTarget.*1 to 3/,
    );
  });

  it('refuse what a checkpoint does not hold', () => {
    const learner = methods.gradvac.start(contextOf(methods.gradvac, {}));
    expect(() => learner.restore?.({ goals: new Float32Array(4) })).toThrow(
      /gradvac\/goals.*9 values.*4 values/,
    );
    expect(() => learner.restore?.({})).toThrow(/nothing/);
  });
});
