// A kernel is one definition: plain operations and a gradient on every backend, and a fast version where one is handed over
// with the definition.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../../platform/node.ts';
import { installRuntime, runsNatively, runtimeOf, setKernelMode } from './backendRuntime.ts';
import { defineKernel, launchCounter } from './defineKernel.ts';
import { NativeKernels, native } from './kernel.ts';

/** y = factor * x, and what was left over, which the gradient alone reads. */
const toyKernel = defineKernel<{ factor: number }>({
  name: 'Toy',
  savedOutputs: [false, true],
  hiddenOutputs: 1,
  reference: ([x], { factor }) => [tf.mul(x, factor), tf.fill([1], factor)],
  gradient: ([dy], _inputs, [factor]) => [tf.mul(dy, factor)],
});

const x = [1, -2, 3];
const toy = () => Array.from(tf.tidy(() => toyKernel.run([tf.tensor1d(x)], { factor: 2 })[0].dataSync()));

beforeAll(async () => {
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
});

afterEach(() => {
  setKernelMode('native');
  installRuntime('cpu', {});
});

it('runs its plain operations and has its gradient', () => {
  const { numTensors } = tf.memory();
  expect(toy()).toEqual([2, -4, 6]);
  const slope = tf.tidy(() =>
    tf
      .grad((v) => tf.sum(tf.square(toyKernel.run([v], { factor: 2 })[0])))(tf.tensor1d(x))
      .dataSync(),
  );
  expect(Array.from(slope)).toEqual([8, -16, 24]);
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('hides what the gradient alone reads, in every mode', () => {
  for (const mode of ['native', 'reference', 'stock'] as const) {
    setKernelMode(mode);
    expect(tf.tidy(() => toyKernel.run([tf.tensor1d(x)], { factor: 2 }).length)).toBe(1);
  }
});

it('runs the fast version of the backend, and plain operations where that cannot serve', () => {
  let runs = 0;
  const fast = native(toyKernel, ([input], { factor }) => {
    runs++;
    return factor === 2 ? [tf.add(input, input), tf.fill([1], factor)] : null;
  });
  installRuntime('cpu', { natives: new NativeKernels([fast]) });
  expect(runtimeOf('cpu').natives.kernels).toEqual([toyKernel]);
  expect([runsNatively(toyKernel), launchCounter()('MultiTabToy')]).toEqual([true, 1]);
  expect([toy(), runs]).toEqual([[2, -4, 6], 1]);
  setKernelMode('reference');
  expect([runsNatively(toyKernel), launchCounter()('MultiTabToy')]).toEqual([false, 0]);
  expect([toy(), runs]).toEqual([[2, -4, 6], 1]);
  setKernelMode('native');
  const thrice = tf.tidy(() => toyKernel.run([tf.tensor1d(x)], { factor: 3 })[0].dataSync());
  expect([Array.from(thrice), runs]).toEqual([[3, -6, 9], 2]);
});
