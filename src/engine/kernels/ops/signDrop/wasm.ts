// Dropping signs on the wasm backend: one pass over the gradients, block by block, in JavaScript on the memory of the backend. The plain
// operations write nine tensors of all gradients, and sum over tasks by transposing them.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { signDropKernel } from './index.ts';

/** Values whose sums stay in the cache while the tasks pass by. */
const BLOCK = 2048;

export const signDropNatives = (c: WasmContext): NativeEntry[] => [
  native(signDropKernel, ([gradients, uniforms], { leak }) => {
    const [tasks, size] = (gradients as tf.Tensor).shape as [number, number];
    const result = c.output([size]);
    // Views come last, because memory that grows detaches them.
    const values = c.valuesOf(result);
    const g = c.valuesOf(gradients as tf.Tensor);
    const u = c.valuesOf(uniforms as tf.Tensor);
    const sums = {
      all: new Float32Array(BLOCK),
      sizes: new Float32Array(BLOCK),
      up: new Float32Array(BLOCK),
      down: new Float32Array(BLOCK),
      leaked: new Float32Array(BLOCK),
    };
    for (let start = 0; start < size; start += BLOCK) {
      const count = Math.min(BLOCK, size - start);
      for (const sum of Object.values(sums)) sum.fill(0);
      for (let task = 0; task < tasks; task++)
        addTask(g.subarray(task * size + start, task * size + start + count), leak[task] as number, sums);
      pass(sums, u.subarray(start, start + count), values.subarray(start, start + count));
    }
    return [result];
  }),
];

interface Sums {
  all: Float32Array;
  sizes: Float32Array;
  /** Of the positive gradients, and of the negative ones, without what leaks. */
  up: Float32Array;
  down: Float32Array;
  leaked: Float32Array;
}

function addTask(g: Float32Array, leak: number, { all, sizes, up, down, leaked }: Sums): void {
  for (let k = 0; k < g.length; k++) {
    const value = g[k] as number;
    all[k] = (all[k] as number) + value;
    sizes[k] = (sizes[k] as number) + Math.abs(value);
    leaked[k] = (leaked[k] as number) + leak * value;
    if (value > 0) up[k] = (up[k] as number) + (1 - leak) * value;
    else down[k] = (down[k] as number) + (1 - leak) * value;
  }
}

function pass({ all, sizes, up, down, leaked }: Sums, u: Float32Array, values: Float32Array): void {
  for (let k = 0; k < u.length; k++) {
    const size = sizes[k] as number;
    const purity = Math.fround(0.5 * (1 + (size === 0 ? 0 : (all[k] as number) / size)));
    const uniform = u[k] as number;
    const passing = purity > uniform ? (up[k] as number) : purity < uniform ? (down[k] as number) : 0;
    values[k] = (leaked[k] as number) + passing;
  }
}
