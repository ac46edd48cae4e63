// Batch norm of experts that get some of the rows, on the wasm backend: the columns of an expert are copied out, normalised by
// the loops of the whole norm, and copied back.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { floatsBehind } from '../../runtime/wasm/simdModule.ts';
import type { BatchNormAttributes } from '../batchNorm/index.ts';
import { routesOf } from '../routeRows/wasm.ts';
import { moveRoutedRunning, routedNormGradientKernel, routedNormKernel } from './index.ts';

const FLOAT = 4;

/** Copies `count` rows of `width` between places with other strides, in floats. */
function copyRows(
  from: Float32Array,
  fromStride: number,
  to: Float32Array,
  toStride: number,
  count: number,
  width: number,
): void {
  for (let m = 0; m < count; m++) to.set(from.subarray(m * fromStride, m * fromStride + width), m * toStride);
}

const routedNorm =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([x, scale, offset, table], { epsilon, relu, running }) => {
    const [rows, columns] = x.shape as [number, number];
    const experts = table.shape[0] as number;
    const width = columns / experts;
    const [y, statistics] = [c.output(x.shape), c.output([2, columns])];
    const block = rows * width + 4;
    const scratch = c.scratch(FLOAT * (2 * block + width));
    const [from, to] = [c.valuesOf(x), c.valuesOf(y)];
    const { count } = routesOf(c, table, rows);
    const [inputAt, outputAt] = [scratch, floatsBehind(scratch, block)];
    const [input, output] = [c.view(inputAt, block), c.view(outputAt, block)];
    const means = c.address(statistics);
    c.view(means, 2 * columns).fill(0);
    for (let e = 0; e < experts; e++) {
      const own = count(e);
      if (own === 0) continue;
      const first = e * width;
      copyRows(from.subarray(first), columns, input, width, own, width);
      c.simd.batchNormForward({
        x: inputAt,
        scale: floatsBehind(c.address(scale), first),
        offset: floatsBehind(c.address(offset), first),
        y: outputAt,
        mean: floatsBehind(means, first),
        variance: floatsBehind(means, columns + first),
        rows: own,
        width,
        epsilon,
        relu: Number(relu),
        scratch: floatsBehind(scratch, 2 * block),
      });
      copyRows(output, width, to.subarray(first), columns, own, width);
    }
    moveRoutedRunning(running, statistics, table);
    return [y, statistics];
  };

const routedNormGradient =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, statistics, table], { epsilon, relu }) => {
    const [rows, columns] = x.shape as [number, number];
    const experts = table.shape[0] as number;
    const width = columns / experts;
    const [dx, dscale, doffset] = [c.output(x.shape), c.output([columns]), c.output([columns])];
    const block = rows * width + 4;
    const scratch = c.scratch(FLOAT * (4 * block + 3 * width));
    const { count } = routesOf(c, table, rows);
    const [dyAt, xAt, yAt, dxAt] = [scratch, ...[1, 2, 3].map((i) => floatsBehind(scratch, i * block))];
    const copied = [
      { from: c.valuesOf(dy), to: c.view(dyAt, block) },
      { from: c.valuesOf(x), to: c.view(xAt, block) },
      { from: c.valuesOf(y), to: c.view(yAt, block) },
    ];
    const [made, result] = [c.view(dxAt, block), c.valuesOf(dx)];
    for (const sums of [dscale, doffset]) c.valuesOf(sums).fill(0);
    const means = c.address(statistics);
    for (let e = 0; e < experts; e++) {
      const own = count(e);
      if (own === 0) continue;
      const first = e * width;
      for (const { from, to } of copied) copyRows(from.subarray(first), columns, to, width, own, width);
      c.simd.batchNormBackward({
        dy: dyAt,
        x: xAt,
        scale: floatsBehind(c.address(scale), first),
        y: yAt,
        mean: floatsBehind(means, first),
        variance: floatsBehind(means, columns + first),
        dx: dxAt,
        dscale: floatsBehind(c.address(dscale), first),
        doffset: floatsBehind(c.address(doffset), first),
        rows: own,
        width,
        epsilon,
        relu: Number(relu),
        scratch: floatsBehind(scratch, 4 * block),
      });
      copyRows(made, width, result.subarray(first), columns, own, width);
    }
    return [dx, dscale, doffset];
  };

export const routedNormNatives = (c: WasmContext): NativeEntry[] => [
  native(routedNormKernel, routedNorm(c)),
  native(routedNormGradientKernel, routedNormGradient(c)),
];
