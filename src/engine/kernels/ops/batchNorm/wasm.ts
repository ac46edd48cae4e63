// Batch norm on the wasm backend.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { type BatchNormAttributes, batchNormGradientKernel, batchNormKernel, moveRunning } from './index.ts';

const batchNorm =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([x, scale, offset], { epsilon, relu, running }) => {
    const [rows, width] = x.shape as [number, number];
    const [y, mean, variance] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const scratch = c.scratch(4 * width);
    c.simd.batchNormForward({
      x: c.address(x),
      scale: c.address(scale),
      offset: c.address(offset),
      y: c.address(y),
      mean: c.address(mean),
      variance: c.address(variance),
      rows,
      width,
      epsilon,
      relu: Number(relu),
      scratch,
    });
    moveRunning(running, mean, variance, rows);
    return [y, mean, variance];
  };

const batchNormGradient =
  (c: WasmContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, mean, variance], { epsilon, relu }) => {
    const [rows, width] = x.shape as [number, number];
    const [dx, dscale, doffset] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const scratch = c.scratch(12 * width);
    c.simd.batchNormBackward({
      dy: c.address(dy),
      x: c.address(x),
      scale: c.address(scale),
      y: c.address(y),
      mean: c.address(mean),
      variance: c.address(variance),
      dx: c.address(dx),
      dscale: c.address(dscale),
      doffset: c.address(doffset),
      rows,
      width,
      epsilon,
      relu: Number(relu),
      scratch,
    });
    return [dx, dscale, doffset];
  };

export const batchNormNatives = (c: WasmContext): NativeEntry[] => [
  native(batchNormKernel, batchNorm(c)),
  native(batchNormGradientKernel, batchNormGradient(c)),
];
