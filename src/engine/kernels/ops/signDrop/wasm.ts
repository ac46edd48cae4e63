// Dropping signs on the wasm backend: one pass over the gradients, in JavaScript on the memory of the backend. The plain operations
// write nine tensors of all gradients, and sum over tasks by transposing them.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { signDropKernel } from './index.ts';

export const signDropNatives = (c: WasmContext): NativeEntry[] => [
  native(signDropKernel, ([gradients, uniforms], { leak }) => {
    const { size } = uniforms as tf.Tensor;
    const result = c.output([size]);
    // Views come last, because memory that grows detaches them.
    const arrays = [
      c.valuesOf(gradients as tf.Tensor),
      c.valuesOf(uniforms as tf.Tensor),
      c.valuesOf(result),
    ] as const;
    if (leak.every((share) => share === leak[0])) dropAlike(...arrays, leak[0] ?? 0);
    else dropApart(...arrays, leak);
    return [result];
  }),
];

/**
 * @param all - sum of the gradients of a value
 * @param size - sum of their sizes
 * @returns 1 where the positive gradients pass, -1 where the negative ones do, 0 where none does
 */
function side(all: number, size: number, uniform: number): number {
  const purity = Math.fround(0.5 * (1 + (size === 0 ? 0 : all / size)));
  return purity > uniform ? 1 : purity < uniform ? -1 : 0;
}

/**
 * Every task leaks the same share. The gradients of a sign sum to half of all + size, and all - size: no branch on a sign, which would
 * be mispredicted half of the time.
 */
function dropAlike(g: Float32Array, u: Float32Array, values: Float32Array, leak: number): void {
  const size = u.length;
  for (let k = 0; k < size; k++) {
    let all = 0;
    let sizes = 0;
    for (let i = k; i < g.length; i += size) {
      const value = g[i] as number;
      all += value;
      sizes += Math.abs(value);
    }
    const passing = side(all, sizes, u[k] as number);
    // What is not a number stays one, whatever passes.
    values[k] = leak * all + (1 - leak) * (passing === 0 ? 0 : (all + passing * sizes) / 2);
  }
}

function dropApart(g: Float32Array, u: Float32Array, values: Float32Array, leak: readonly number[]): void {
  const size = u.length;
  for (let k = 0; k < size; k++) {
    let all = 0;
    let sizes = 0;
    let leaked = 0;
    let leakedSizes = 0;
    for (let task = 0; task < leak.length; task++) {
      const value = g[task * size + k] as number;
      const share = leak[task] as number;
      all += value;
      sizes += Math.abs(value);
      leaked += share * value;
      leakedSizes += share * Math.abs(value);
    }
    const passing = side(all, sizes, u[k] as number);
    const rest = passing === 0 ? 0 : (all - leaked + passing * (sizes - leakedSizes)) / 2;
    values[k] = leaked + rest;
  }
}
