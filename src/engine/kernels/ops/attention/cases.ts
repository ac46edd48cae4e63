// Test cases of attention.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { WorkbenchError } from '../../../core/errors.ts';
import { type Matrix, normal, relativeError, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { type DropoutKey, dropoutMask } from '../dropout/index.ts';
import { attention, attentionGradientKernel, attentionKernel, attentionWeights } from './index.ts';

/**
 * Packed qkv [G, L, 3D] -> [G, L, D]; blocked [L * L] or [heads * L * L], 1 = blocked.
 * @param factors - on the softmax weights, [G, heads, L, L]
 */
export function exactAttention(
  raw: Matrix,
  heads: number,
  blocked: Uint8Array | null,
  { rotary = false, factors = null }: { rotary?: boolean; factors?: Float32Array | null } = {},
): Float64Array {
  const qkv = rotary ? { ...raw, data: turned(raw, heads) } : raw;
  const [groups, length, packed] = qkv.shape as [number, number, number];
  const width = packed / 3;
  const size = width / heads;
  const perHead = (blocked?.length ?? 0) > length ** 2 ? length ** 2 : 0;
  const out = new Float64Array(groups * length * width);
  const at = (g: number, l: number, column: number) => qkv.data[(g * length + l) * packed + column] as number;
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < length; i++) {
        const scores = Array.from({ length }, (_, j) => {
          if (blocked?.[h * perHead + i * length + j]) return Number.NEGATIVE_INFINITY;
          let dot = 0;
          for (let d = h * size; d < (h + 1) * size; d++) dot += at(g, i, d) * at(g, j, width + d);
          return dot / Math.sqrt(size);
        });
        const top = Math.max(...scores);
        const powers = scores.map((s) => Math.exp(s - top));
        const sum = powers.reduce((a, b) => a + b, 0);
        for (let d = h * size; d < (h + 1) * size; d++) {
          let mixed = 0;
          powers.forEach((p, j) => {
            const factor = factors?.[((g * heads + h) * length + i) * length + j] ?? 1;
            mixed += factor * (p / sum) * at(g, j, 2 * width + d);
          });
          out[(g * length + i) * width + d] = mixed;
        }
      }
    }
  }
  return out;
}

/** Rotates neighbouring pairs of q and k by position * 10000^(-2j / hd). */
function turned(qkv: Matrix, heads: number): Float64Array {
  const [groups, length, packed] = qkv.shape as [number, number, number];
  const width = packed / 3;
  const size = width / heads;
  const out = qkv.data.slice();
  for (let row = 0; row < groups * length; row++) {
    for (let column = 0; column < 2 * width; column += 2) {
      const j = ((column % width) % size) / 2;
      const angle = (row % length) * 10000 ** ((-2 * j) / size);
      const place = row * packed + column;
      const [a, b] = [qkv.data[place] as number, qkv.data[place + 1] as number];
      out[place] = a * Math.cos(angle) - b * Math.sin(angle);
      out[place + 1] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return out;
}

/** Only the diagonal and one more key are open. */
function sparseMask(length: number): Uint8Array {
  return Uint8Array.from({ length: length * length }, (_, index) => {
    const [i, j] = [Math.floor(index / length), index % length];
    return i === j || j === (3 * i + 1) % length ? 0 : 1;
  });
}

interface AttentionCaseOptions {
  blocked?: Uint8Array | null;
  /** Factor on q and k. */
  scale?: number;
  rotary?: boolean;
  /** Rate of the attention dropout. */
  drop?: number;
}

function attentionCase(
  name: string,
  small: boolean,
  shape: [number, number, number],
  heads: number,
  { blocked = null, scale = 1, rotary = false, drop = 0 }: AttentionCaseOptions = {},
): KernelCase {
  const [groups, length, width] = shape;
  const qkv = normal([groups, length, 3 * width], 4);
  if (scale !== 1)
    for (let i = 0; i < qkv.data.length; i++) if (i % (3 * width) < 2 * width) qkv.data[i] *= scale;
  const key: DropoutKey = [3, 14, 15];
  const factors = drop > 0 ? dropoutMask(groups * heads * length ** 2, drop, key) : null;
  return {
    name: `attention: ${name}`,
    small,
    inputs: [{ ...qkv, data: qkv.data.map(Math.fround) }],
    differentiable: 1,
    run: ([x]) => attention(x as tf.Tensor3D, heads, blocked, { rotary, dropout: { rate: drop, key } }),
    exact: ([x]) => exactAttention(x, heads, blocked, { rotary, factors }),
  };
}

export const attentionTests: OpTests = {
  natives: {
    wasm: [attentionKernel, attentionGradientKernel],
    webgpu: [attentionKernel, attentionGradientKernel],
  },
  cases: [
    attentionCase('one token', true, [2, 1, 4], 2),
    attentionCase('head size 1', true, [1, 3, 2], 2),
    attentionCase('odd sizes', true, [2, 5, 6], 2),
    attentionCase('few open keys', true, [2, 5, 4], 2, { blocked: sparseMask(5) }),
    attentionCase('head size 5, sequences that share a workgroup', true, [15, 6, 10], 2, {
      blocked: sparseMask(6),
    }),
    attentionCase('head size 64', true, [1, 5, 64], 1),
    attentionCase('head size 130', true, [1, 3, 130], 1),
    attentionCase('head size 256', true, [1, 3, 256], 1),
    attentionCase('300 tokens, few open keys', true, [1, 300, 4], 1, { blocked: sparseMask(300) }),
    attentionCase('a mask per head', true, [2, 5, 6], 3, {
      blocked: Uint8Array.from([...sparseMask(5), ...new Uint8Array(25), ...sparseMask(5).reverse()]),
    }),
    attentionCase('scores of +-80', true, [1, 4, 4], 2, { scale: 8 }),
    attentionCase('as between rows', true, [1, 41, 312], 2),
    attentionCase('several blocks of wide heads, few open keys', true, [2, 67, 72], 2, {
      blocked: sparseMask(67),
    }),
    attentionCase('dropout, head size 70, a mask per head', true, [1, 35, 140], 2, {
      drop: 0.2,
      blocked: Uint8Array.from([...sparseMask(35), ...new Uint8Array(35 * 35)]),
    }),
    attentionCase('wide heads, scores of +-80', true, [1, 5, 40], 1, { scale: 5 }),
    attentionCase('rotary, one position', true, [1, 1, 4], 1, { rotary: true }),
    attentionCase('rotary, head size 6, few open keys', true, [2, 7, 12], 2, {
      rotary: true,
      blocked: sparseMask(7),
    }),
    attentionCase('rotary, head size 72', true, [2, 9, 144], 2, { rotary: true }),
    attentionCase('rotary, as between rows', false, [1, 131, 156], 2, { rotary: true }),
    attentionCase('dropout', true, [2, 5, 6], 2, { drop: 0.3 }),
    attentionCase('dropout, few open keys', true, [3, 9, 10], 2, { drop: 0.6, blocked: sparseMask(9) }),
    attentionCase('dropout and rotary, several blocks', true, [1, 67, 24], 2, { drop: 0.5, rotary: true }),
    attentionCase('dropout and rotary, 260 tokens, few open keys', false, [1, 260, 12], 2, {
      drop: 0.1,
      rotary: true,
      blocked: sparseMask(260),
    }),
    attentionCase('as in the model', false, [3, 39, 16], 4, { blocked: sparseMask(39) }),
    attentionCase('several blocks of queries, a mask per head', false, [2, 70, 6], 2, {
      blocked: Uint8Array.from([...new Uint8Array(70 * 70), ...sparseMask(70)]),
    }),
    attentionCase('several blocks of queries', false, [1, 131, 20], 2),
    attentionCase('several blocks of queries, few open keys', false, [2, 70, 6], 1, {
      blocked: sparseMask(70),
    }),
  ],
  tests({ forwardTolerance, isNative }) {
    /** For properties of the backend's kernel only: plain operations keep all of L x L. */
    const ofKernel = isNative(attentionKernel) ? it : null;
    it('runs with one number of heads, and one mask, after the other', async () => {
      const qkv = normal([2, 4, 24], 23);
      const x = toTensor(qkv) as tf.Tensor3D;
      for (const heads of [1, 2, 4]) {
        for (const mask of [
          null,
          sparseMask(4),
          Uint8Array.from({ length: 16 }, (_, i) => Number(i % 4 === 0)),
        ]) {
          const got = await valuesOf(() => attention(x, heads, mask));
          expect(relativeError(got, exactAttention(qkv, heads, mask))).toBeLessThan(forwardTolerance);
        }
      }
      x.dispose();
    });

    it('runs with and without rotary positions, and at steps of dropout', async () => {
      const qkv = normal([2, 6, 24], 26);
      const x = toTensor(qkv) as tf.Tensor3D;
      for (const rotary of [false, true, false])
        for (const step of [1, 2]) {
          const factors = dropoutMask(2 * 2 * 36, 0.4, [9, step, 5]);
          const got = await valuesOf(() =>
            attention(x, 2, null, { rotary, dropout: { rate: 0.4, key: [9, step, 5] } }),
          );
          const expected = exactAttention(qkv, 2, null, { rotary, factors });
          expect(relativeError(got, expected)).toBeLessThan(forwardTolerance);
        }
      x.dispose();
    });

    it('gives blocked keys a weight of exactly 0 and shows scores before the mask', async () => {
      const x = toTensor(normal([1, 5, 12], 24)) as tf.Tensor3D;
      const mask = sparseMask(5);
      const { scores, weights } = attentionWeights(x, 2, mask);
      const [before, after] = [await scores.data(), await weights.data()];
      tf.dispose([x, scores, weights]);
      for (let cell = 0; cell < 50; cell++) {
        if (mask[cell % 25]) expect(after[cell]).toBe(0);
        else expect(after[cell]).toBeGreaterThan(0);
        expect(before[cell]).not.toBe(0);
      }
    });

    it('lets nothing through from a blocked key', async () => {
      const qkv = normal([1, 4, 12], 25);
      const mask = Uint8Array.from({ length: 16 }, (_, i) => Number(i % 4 === 3 && i !== 15));
      const run = async () => {
        const x = toTensor(qkv) as tf.Tensor3D;
        const got = await valuesOf(() => attention(x, 2, mask));
        x.dispose();
        return got;
      };
      const before = await run();
      for (let i = 36; i < 48; i++) qkv.data[i] = 50;
      const after = await run();
      expect(Array.from(after.subarray(0, 12))).toEqual(Array.from(before.subarray(0, 12)));
      expect(Array.from(after.subarray(12))).not.toEqual(Array.from(before.subarray(12)));
    });

    ofKernel?.('needs memory in proportion to the rows', async () => {
      const peakOf = async (rows: number) => {
        const x = tf.ones([1, rows, 12]) as tf.Tensor3D;
        const before = tf.memory().numBytes;
        const { peakBytes } = await tf.profile(() => {
          const gradient = tf.grad((v) => tf.sum(attention(v as tf.Tensor3D, 1, null)))(x);
          gradient.dispose();
          return gradient;
        });
        x.dispose();
        return peakBytes - before;
      };
      const [short, long] = [await peakOf(256), await peakOf(1024)];
      expect(short).toBeGreaterThan(256 * 12 * 4);
      expect(long).toBeLessThan(4.1 * short);
    });

    ofKernel?.('attends over 8192 rows', async () => {
      const [rows, size] = [8192, 2];
      const qkv = normal([1, rows, 3 * size], 29);
      const x = toTensor(qkv) as tf.Tensor3D;
      const got = await valuesOf(() => attention(x, 1, null));
      x.dispose();
      const at = (row: number, part: number) =>
        [0, 1].map((d) => qkv.data[(row * 3 + part) * size + d] as number);
      for (const query of [0, 4095, rows - 1]) {
        const mixed = [0, 0];
        let sum = 0;
        for (let key = 0; key < rows; key++) {
          const [q, k, v] = [at(query, 0), at(key, 1), at(key, 2)] as [number[], number[], number[]];
          const power = Math.exp(
            q.reduce((dot, value, d) => dot + value * (k[d] as number), 0) / Math.sqrt(size),
          );
          sum += power;
          v.forEach((value, d) => {
            mixed[d] = (mixed[d] as number) + power * value;
          });
        }
        const own = got.subarray(query * size, (query + 1) * size);
        expect(
          relativeError(
            own,
            mixed.map((value) => value / sum),
          ),
        ).toBeLessThan(10 * forwardTolerance);
      }
    });

    it('refuses a query with every key blocked, and heads that do not divide the width', () => {
      const x = tf.zeros([1, 2, 6]) as tf.Tensor3D;
      expect(() => attention(x, 1, Uint8Array.of(0, 1, 1, 1))).toThrow(/mask row 1.*all 2 keys blocked/);
      expect(() => attention(x, 1, new Uint8Array(3))).toThrow(WorkbenchError);
      expect(() => attention(x, 4, null)).toThrow(WorkbenchError);
      x.dispose();
    });

    it('refuses rotary positions on an odd head size', () => {
      const x = tf.zeros([1, 2, 9]) as tf.Tensor3D;
      expect(() => attention(x, 1, null, { rotary: true })).toThrow(/even head size.*, got 3/);
      x.dispose();
    });
  },
};
