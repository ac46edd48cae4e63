// Test cases of sparse gates alone; routeRows/cases.ts tests them with experts.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import type { Matrix } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { routesKernel, topGates, topGatesKernel } from './index.ts';

/** Logits of each gate below its `top` largest, ties to the first, become -Infinity. */
export function topLogits(
  { shape, data }: Matrix,
  gates: readonly { experts: readonly number[] }[],
  top: number,
): Float64Array {
  const [rows, total] = shape as [number, number];
  const out = data.slice();
  for (let r = 0; r < rows; r++) {
    let first = r * total;
    for (const { experts } of gates) {
      const places = experts.map((_, i) => first + i);
      const inOrder = [...places].sort((a, b) => (data[b] as number) - (data[a] as number) || a - b);
      for (const place of inOrder.slice(top)) out[place] = Number.NEGATIVE_INFINITY;
      first += experts.length;
    }
  }
  return out;
}

export const topGatesTests: OpTests = {
  natives: { wasm: [topGatesKernel, routesKernel], webgpu: [topGatesKernel, routesKernel] },
  cases: [],
  tests() {
    const attributes = { gates: [{ experts: [0, 1, 2, 3] }], numExperts: 4, top: 2 };

    it.each(['native', 'reference'] as const)('%s: the first of equal logits stay', async (mode) => {
      setKernelMode(mode);
      const logits = tf.tensor2d([0, 0, 0, 0, 1, 2, 2, 2, -3, -1, -3, -3, 5, 4, 6, 5], [4, 4]);
      const { kept, routes } = tf.tidy(() => topGates(logits, attributes));
      const open = Array.from(await kept.data(), (v) => Number(v > -1e9));
      expect(open).toEqual([1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0]);
      const table = await routes.array();
      expect(table.map((r) => r[0])).toEqual([3, 3, 2, 0]);
      expect(table.map((r) => r.slice(1, 5))).toEqual([
        [0, 2, 3, 1],
        [0, 1, 2, 3],
        [1, 3, 0, 2],
        [0, 1, 2, 3],
      ]);
      expect(table.map((r) => r.slice(5))).toEqual([
        [0, -1, 1, 2],
        [0, 1, 2, -1],
        [-1, 0, -1, 1],
        [-1, -1, -1, -1],
      ]);
      tf.dispose([logits, kept, routes]);
    });
  },
};
