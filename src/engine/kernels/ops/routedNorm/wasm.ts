// Batch norm of experts that get some of the rows, on the wasm backend: the loops of the whole norm, over the rows of one expert
// at a time.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { floatsBehind } from '../../runtime/wasm/simdModule.ts';
import type { BatchNormAttributes } from '../batchNorm/index.ts';
import { countsOf } from '../routeRows/wasm.ts';
import { moveRoutedRunning, routedNormGradientKernel, routedNormKernel } from './index.ts';

const FLOAT = 4;

/** For each expert with rows: how many, and where its block, its columns and its variances start, in floats. */
function expertsOf(c: WasmContext, x: tf.Tensor, table: tf.Tensor) {
  const [all, width] = x.shape as [number, number];
  const experts = table.shape[0] as number;
  return countsOf(c, table).flatMap((count, e) =>
    count === 0
      ? []
      : [{ count, block: (e * all * width) / experts, first: e * width, second: (experts + e) * width }],
  );
}

const routedNorm =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([x, scale, offset, table], { epsilon, relu, running }) => {
    const width = x.shape[1] as number;
    const [y, statistics] = [c.output(x.shape), c.output([2, scale.size])];
    const scratch = c.scratch(FLOAT * width);
    c.valuesOf(statistics).fill(0);
    for (const { count, block, first, second } of expertsOf(c, x, table)) {
      c.simd.batchNormForward({
        x: floatsBehind(c.address(x), block),
        scale: floatsBehind(c.address(scale), first),
        offset: floatsBehind(c.address(offset), first),
        y: floatsBehind(c.address(y), block),
        mean: floatsBehind(c.address(statistics), first),
        variance: floatsBehind(c.address(statistics), second),
        rows: count,
        width,
        epsilon,
        relu: Number(relu),
        scratch,
      });
    }
    moveRoutedRunning(running, statistics, table);
    return [y, statistics];
  };

const routedNormGradient =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, statistics, table], { epsilon, relu }) => {
    const width = x.shape[1] as number;
    const [dx, dscale, doffset] = [c.output(x.shape), c.output(scale.shape), c.output(scale.shape)];
    const scratch = c.scratch(3 * FLOAT * width);
    for (const sums of [dscale, doffset]) c.valuesOf(sums).fill(0);
    for (const { count, block, first, second } of expertsOf(c, x, table)) {
      c.simd.batchNormBackward({
        dy: floatsBehind(c.address(dy), block),
        x: floatsBehind(c.address(x), block),
        scale: floatsBehind(c.address(scale), first),
        y: floatsBehind(c.address(y), block),
        mean: floatsBehind(c.address(statistics), first),
        variance: floatsBehind(c.address(statistics), second),
        dx: floatsBehind(c.address(dx), block),
        dscale: floatsBehind(c.address(dscale), first),
        doffset: floatsBehind(c.address(doffset), first),
        rows: count,
        width,
        epsilon,
        relu: Number(relu),
        scratch,
      });
    }
    return [dx, dscale, doffset];
  };

export const routedNormNatives = (c: WasmContext): NativeEntry[] => [
  native(routedNormKernel, routedNorm(c)),
  native(routedNormGradientKernel, routedNormGradient(c)),
];
