// Gathers and scatters rows of experts on the wasm backend.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { gatherRowsKernel, type RouteAttributes, scatterRowsKernel } from './index.ts';

/** Number of rows of each expert. @param table - routes of `topGates`, [E, 1 + 2N] */
export function countsOf(c: WasmContext, table: tf.Tensor): number[] {
  const [experts, stride] = table.shape as [number, number];
  const values = c.valuesOf(table);
  return Array.from({ length: experts }, (_, e) => values[e * stride] as number);
}

const gatherRows =
  (c: WasmContext): NativeKernel<RouteAttributes> =>
  ([x, table], { slotOf, slots }) => {
    const [rows, columns] = x.shape as [number, number];
    const width = columns / slots;
    const y = c.output([slotOf.length * rows, width]);
    c.simd.gatherRows({
      x: c.address(x),
      y: c.address(y),
      routes: c.address(table),
      slotOf: c.integers(slotOf),
      rows,
      numExperts: slotOf.length,
      slots,
      width,
    });
    return [y];
  };

const scatterRows =
  (c: WasmContext): NativeKernel<RouteAttributes> =>
  ([y, table], { slotOf, slots }) => {
    const [all, width] = y.shape as [number, number];
    const rows = all / slotOf.length;
    const x = c.output([rows, slots * width]);
    c.simd.scatterRows({
      y: c.address(y),
      x: c.address(x),
      routes: c.address(table),
      slotOf: c.integers(slotOf),
      rows,
      numExperts: slotOf.length,
      slots,
      width,
    });
    return [x];
  };

export const routeRowsNatives = (c: WasmContext): NativeEntry[] => [
  native(gatherRowsKernel, gatherRows(c)),
  native(scatterRowsKernel, scatterRows(c)),
];
