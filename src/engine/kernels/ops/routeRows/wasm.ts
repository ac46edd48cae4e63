// Gathers and scatters rows of experts on the wasm backend, copied within its memory.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { gatherRowsKernel, type RouteAttributes, scatterRowsKernel } from './index.ts';

export interface Routes {
  /** Rows that an expert gets. */
  count: (expert: number) => number;
  /** Row at a position among those of an expert. */
  row: (expert: number, position: number) => number;
}

/** @param table - routes of `topGates`; read until the next allocation */
export function routesOf(c: WasmContext, table: tf.Tensor, rows: number): Routes {
  const values = c.valuesOf(table);
  const stride = 1 + 2 * rows;
  return {
    count: (expert) => values[expert * stride] as number,
    row: (expert, position) => values[expert * stride + 1 + position] as number,
  };
}

const gatherRows =
  (c: WasmContext): NativeKernel<RouteAttributes> =>
  ([x, table], { slotOf, slots }) => {
    const [rows, columns] = x.shape as [number, number];
    const width = columns / slots;
    const y = c.output([rows, slotOf.length * width]);
    const [from, to] = [c.valuesOf(x), c.valuesOf(y)];
    const { count, row } = routesOf(c, table, rows);
    slotOf.forEach((slot, e) => {
      for (let m = 0; m < count(e); m++) {
        const start = row(e, m) * columns + slot * width;
        to.set(from.subarray(start, start + width), (m * slotOf.length + e) * width);
      }
    });
    return [y];
  };

const scatterRows =
  (c: WasmContext): NativeKernel<RouteAttributes> =>
  ([y, table], { slotOf, slots }) => {
    const [rows, columns] = y.shape as [number, number];
    const width = columns / slotOf.length;
    const x = c.output([rows, slots * width]);
    const [from, to] = [c.valuesOf(y), c.valuesOf(x)];
    const { count, row } = routesOf(c, table, rows);
    to.fill(0);
    slotOf.forEach((slot, e) => {
      for (let m = 0; m < count(e); m++) {
        const start = (m * slotOf.length + e) * width;
        const target = (row(e, m) * slots + slot) * width;
        for (let i = 0; i < width; i++)
          to[target + i] = (to[target + i] as number) + (from[start + i] as number);
      }
    });
    return [x];
  };

export const routeRowsNatives = (c: WasmContext): NativeEntry[] => [
  native(gatherRowsKernel, gatherRows(c)),
  native(scatterRowsKernel, scatterRows(c)),
];
