// The tests of optimizers for every backend: in plain operations and by the backend's updater, against float64.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUpdater } from '../../kernels/ops/updateParameters/index.ts';
import { type Matrix, normal, relativeError, toTensor, valuesOf } from '../../kernels/testing/matrix.ts';
import { type OptimizerId, optimizers } from '../registry.ts';

export interface SuiteOptions {
  /** Starts the backend with its native kernels. */
  start(): Promise<void>;
  /** Largest difference from float64, relative to the largest value of the tensor. */
  forwardTolerance: number;
  /** Errors the device reported on its own. */
  deviceErrors?: string[];
}

interface AdamState {
  p: Float64Array;
  m: Float64Array;
  v: Float64Array;
}

/** One AdamW step in the order of golden/README: decay first, then the update. */
function exactAdamw(
  state: AdamState,
  gradient: Float64Array,
  step: number,
  decay: number,
  rate: number,
  scale: number,
): void {
  gradient.forEach((raw, i) => {
    const g = raw * scale;
    const m = 0.9 * (state.m[i] as number) + 0.1 * g;
    const v = 0.999 * (state.v[i] as number) + 0.001 * g * g;
    const [mHat, vHat] = [m / (1 - 0.9 ** step), v / (1 - 0.999 ** step)];
    state.m[i] = m;
    state.v[i] = v;
    state.p[i] = (state.p[i] as number) * (1 - rate * decay) - (rate * mHat) / (Math.sqrt(vHat) + 1e-8);
  });
}

const rule = { weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export function optimizerSuite(label: string, options: SuiteOptions): void {
  const { start: startBackend, forwardTolerance, deviceErrors = [] } = options;
  describe(`optimizers on ${label}`, () => {
    let tensors = 0;
    beforeAll(startBackend);
    beforeEach(() => {
      tensors = tf.memory().numTensors;
    });
    afterEach(() => {
      expect(deviceErrors).toEqual([]);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    describe('in plain operations', () => {
      it.each([
        ['adamw', 0.1, 1],
        ['adamw', 0.1, 0.25],
        ['adam', 0, 1],
      ] as const)('%s, decay %s, clipped by %s, follows float64', async (id, decay, gradientScale) => {
        const optimizer = optimizers[id];
        const at = (step: number) => ({
          step,
          learningRate: 0.01,
          rule: { ...rule, optimizer, clipNorm: 0 },
        });
        const start64 = normal([7, 3], 27);
        const state = { p: start64.data.slice(), m: new Float64Array(21), v: new Float64Array(21) };
        const variable = (m: Matrix) => tf.tidy(() => tf.variable(toTensor(m)));
        const [p, m, v] = [start64, { shape: [7, 3], data: state.m }, { shape: [7, 3], data: state.v }].map(
          variable,
        );
        for (let step = 1; step <= 3; step++) {
          const gradient = normal([7, 3], 30 + step);
          const g = toTensor(gradient);
          optimizer.step(p, g, [m, v], at(step), gradientScale);
          exactAdamw(state, gradient.data, step, decay, 0.01, gradientScale);
          g.dispose();
        }
        expect(relativeError(await p.data(), state.p)).toBeLessThan(forwardTolerance);
        expect(relativeError(await m.data(), state.m)).toBeLessThan(forwardTolerance);
        expect(relativeError(await v.data(), state.v)).toBeLessThan(forwardTolerance);
        tf.dispose([p, m, v]);
      });

      it('sgd steps against the gradient', async () => {
        const p = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
        const gradient = tf.tensor1d([4, -8]);
        const at = { step: 1, learningRate: 0.5, rule: { ...rule, optimizer: optimizers.sgd, clipNorm: 0 } };
        optimizers.sgd.step(p, gradient, [], at, 0.25);
        expect(Array.from(await p.data())).toEqual([0.5, 3]);
        tf.dispose([p, gradient]);
      });
    });

    describe('as the backend updates', () => {
      it('changes neither clones nor what products see of the parameter', async () => {
        const p = tf.tidy(() => tf.variable(tf.fill([2, 2], 1) as tf.Tensor2D));
        const updater = createUpdater({
          parameters: [p],
          slices: [[{ size: 4, group: 0 }]],
          tasks: 1,
          groups: 1,
          rule: { ...rule, weightDecay: 0, optimizer: optimizers.adamw, clipNorm: 0 },
        });
        const x = tf.tensor2d([1, 0, 0, 1], [2, 2]);
        const [gradient, losses] = [tf.ones([2, 2]), tf.tensor1d([1])];
        const clone = p.clone();
        const product = () => valuesOf(() => tf.matMul(x, p as tf.Tensor as tf.Tensor2D));
        for (let step = 1; step <= 3; step++) {
          const before = await product();
          await updater.step([gradient], losses, step, () => 0.01);
          const after = await product();
          expect(Array.from(after)).toEqual(Array.from(await p.data()));
          expect(after[0]).toBeLessThan(before[0] as number);
        }
        expect(Array.from(await clone.data())).toEqual([1, 1, 1, 1]);
        updater.dispose();
        tf.dispose([p, x, gradient, losses, clone]);
      });

      const shapes = [[7, 3], [2], [3000], ...Array.from({ length: 9 }, () => [4])];

      /** Every second value of the first parameter belongs to another group. */
      function start(optimizer: OptimizerId, clipNorm: number, numLosses = 1) {
        const values = shapes.map((shape, i) => normal(shape, 64 + i));
        const parameters = values.map((m) => tf.tidy(() => tf.variable(toTensor(m))));
        const slices = shapes.map((shape, i) => {
          const size = shape.reduce((a, b) => a * b, 1);
          return i === 0
            ? [
                { size: 10, group: 0 },
                { size: 11, group: 1 },
              ]
            : [{ size, group: i % 2 }];
        });
        const updater = createUpdater({
          parameters,
          slices,
          tasks: numLosses,
          groups: 2,
          rule: { ...rule, optimizer: optimizers[optimizer], clipNorm },
        });
        return { values, parameters, slices, updater };
      }

      it.each([
        ['adamw', 0],
        ['adamw', 1.5],
        ['adam', 0],
        ['sgd', 1.5],
      ] as const)('%s, clipped at %s, follows float64 for three steps', async (optimizer, clipNorm) => {
        const { values, parameters, slices, updater } = start(optimizer, clipNorm, 2);
        const states = values.map(({ data }) => ({
          p: data.slice(),
          m: new Float64Array(data.length),
          v: new Float64Array(data.length),
        }));
        const rate = (step: number) => 0.01 * step;
        for (let step = 1; step <= 3; step++) {
          const gradients = shapes.map((shape, i) => normal(shape, 100 * step + i, i === 2 ? 0.01 : 1));
          const losses = tf.tensor1d([step, 2]);
          const tensors = gradients.map(toTensor);
          const report = await updater.step(tensors, losses, step, rate);
          tf.dispose([losses, tensors]);
          const groupOf = slices.map((own) =>
            own.flatMap(({ size, group }) => new Array<number>(size).fill(group)),
          );
          const norms = [0, 1].map((group) =>
            Math.sqrt(
              gradients.reduce(
                (sum, { data }, i) =>
                  sum + data.reduce((s, g, k) => s + (groupOf[i]?.[k] === group ? g * g : 0), 0),
                0,
              ),
            ),
          );
          expect(relativeError(report, [step, 2, ...norms])).toBeLessThan(1e-5);
          states.forEach((state, i) => {
            const clipped = (gradients[i] as Matrix).data.map((g, k) => {
              const norm = norms[groupOf[i]?.[k] ?? 0] as number;
              return clipNorm > 0 && norm > clipNorm ? (g * clipNorm) / norm : g;
            });
            if (optimizer === 'sgd') {
              clipped.forEach((g, k) => {
                state.p[k] = (state.p[k] as number) - rate(step) * g;
              });
            } else {
              const decay = optimizer === 'adamw' ? rule.weightDecay : 0;
              exactAdamw(state, clipped, step, decay, rate(step), 1);
            }
          });
        }
        const kept = await updater.readState();
        expect(Object.keys(kept)).toEqual(optimizer === 'sgd' ? [] : ['first-moment', 'second-moment']);
        for (const [i, state] of states.entries()) {
          const got = await (parameters[i] as tf.Variable).data();
          expect(relativeError(got, state.p)).toBeLessThan(forwardTolerance);
          if (optimizer === 'sgd') continue;
          expect(relativeError(kept['first-moment']?.[i] as Float32Array, state.m)).toBeLessThan(
            forwardTolerance,
          );
          expect(relativeError(kept['second-moment']?.[i] as Float32Array, state.v)).toBeLessThan(
            forwardTolerance,
          );
        }
        updater.dispose();
        tf.dispose(parameters);
      });

      it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])('%s changes nothing', async (bad) => {
        const { values, parameters, updater } = start('adamw', 1);
        const gradients = shapes.map((shape, i) => normal(shape, 90 + i));
        (gradients[2] as Matrix).data[2999] = bad;
        const losses = tf.tensor1d([1]);
        const tensors = gradients.map(toTensor);
        const report = await updater.step(tensors, losses, 1, () => 0.1);
        expect(Number.isFinite(report[1])).toBe(false);
        expect(report[0]).toBe(1);
        for (const [i, { data }] of values.entries())
          expect(Array.from(await (parameters[i] as tf.Variable).data())).toEqual(Array.from(data));
        updater.dispose();
        tf.dispose([parameters, tensors, losses]);
      });

      it('goes on from what another has kept', async () => {
        const [one, other] = [start('adamw', 0), start('adamw', 0)];
        const losses = tf.tensor1d([1]);
        const tensors = shapes.map((shape, i) => toTensor(normal(shape, 90 + i)));
        await one.updater.step(tensors, losses, 1, () => 0.1);
        other.updater.writeState(await one.updater.readState());
        expect(await other.updater.readState()).toEqual(await one.updater.readState());
        for (const { parameters, updater } of [one, other]) {
          updater.dispose();
          tf.dispose(parameters);
        }
        tf.dispose([tensors, losses]);
      });
    });
  });
}
