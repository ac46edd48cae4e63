import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { attention } from '../kernels/ops/attention/index.ts';
import { type KernelMode, setKernelMode } from '../kernels/runtime/backendRuntime.ts';
import { maskedGradients } from './maskedGradients.ts';

const LENGTH = 5;
const HEADS = 2;
const noise = () => tf.randomUniform([3, LENGTH, 3 * 4], -1, 1, 'float32', 7) as tf.Tensor3D;
const maskOf = (cells: [number, number][], heads = 1) => {
  const mask = new Uint8Array(heads * LENGTH * LENGTH);
  for (const [query, key] of cells) mask[query * LENGTH + key] = 1;
  return mask;
};

function numbersOf(qkv: tf.Tensor3D, heads: number, mask: Uint8Array): { blocked: number; open: number } {
  const kernel = { qkv, run: (own: tf.Tensor3D) => attention(own, heads, mask) };
  const { blocked, open } = maskedGradients(kernel, heads, mask);
  const [inside, outside] = [blocked.dataSync()[0] as number, open.dataSync()[0] as number];
  tf.dispose([blocked, open]);
  return { blocked: inside, open: outside };
}

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});
afterEach(() => setKernelMode('native'));

describe.each(['native', 'reference', 'stock'] as KernelMode[])('gradients through a mask, %s', (mode) => {
  it.each([
    ['for all heads', 1],
    ['of one head', HEADS],
  ])('are exactly zero where it blocks, %s', (_, heads) => {
    setKernelMode(mode);
    const qkv = noise();
    const tensors = tf.memory().numTensors;
    const found = numbersOf(
      qkv,
      HEADS,
      maskOf(
        [
          [0, 1],
          [3, 2],
          [3, 4],
        ],
        heads,
      ),
    );
    expect(found.blocked).toBe(0);
    expect(found.open).toBeGreaterThan(0.01);
    expect(tf.memory().numTensors).toBe(tensors);
    qkv.dispose();
  });
});

it('sees what one query alone sends: the gradient of a cell, by central differences', () => {
  // Two tokens, one head of one column, so that everything can be computed by hand.
  const [q, k, v] = [
    [0.5, -1],
    [2, 0.3],
    [1.5, -0.7],
  ] as [number[], number[], number[]];
  const output = (keys: number[], values: number[]) => {
    const powers = keys.map((key) => Math.exp((q[0] as number) * key));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.reduce((total, p, j) => total + (p / sum) * (values[j] as number), 0);
  };
  const slopes = [0, 1].flatMap((token) =>
    [k, v].map((vector) => {
      const moved = (by: number) => vector.map((x, j) => (j === token ? x + by : x));
      const at = (by: number) => (vector === k ? output(moved(by), v) : output(k, moved(by)));
      return Math.abs(at(1e-4) - at(-1e-4)) / 2e-4;
    }),
  );
  const qkv = tf.tensor3d(
    [0, 1].flatMap((t) => [q[t], k[t], v[t]] as number[]),
    [1, 2, 3],
  );
  // Query 1 attends only to itself: its value has slope 1, so query 0 is tested by blocking cell (1, 0) and reading the rest.
  const { open, blocked } = numbersOf(qkv, 1, Uint8Array.of(0, 0, 1, 0));
  expect(blocked).toBe(0);
  expect(open).toBeCloseTo(Math.max(1, ...slopes), 4);
  qkv.dispose();
});
