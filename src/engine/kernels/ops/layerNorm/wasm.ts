// Layer norm on the wasm backend.
import * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { type LayerNormAttributes, layerNormGradientKernel, layerNormKernel } from './index.ts';

const layerNorm =
  (c: WasmContext): NativeKernel<LayerNormAttributes> =>
  ([x, scale, offset], { epsilon, skip }) => {
    const [rows, width] = x.shape as [number, number];
    const [y, mean, inverse] = [c.output([rows, width]), c.output([rows, 1]), c.output([rows, 1])];
    c.simd.layerNormForward({
      x: c.address(x),
      scale: c.address(scale),
      offset: c.address(offset),
      y: c.address(y),
      mean: c.address(mean),
      inverse: c.address(inverse),
      rows,
      width,
      epsilon,
    });
    return skip ? [y, mean, inverse, x.clone()] : [y, mean, inverse];
  };

const layerNormGradient =
  (c: WasmContext): NativeKernel<Record<string, never>> =>
  ([dy, x, scale, mean, inverse, dskip]) => {
    const [rows, width] = x.shape as [number, number];
    const [dx, dscale, doffset] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const scratch = c.scratch(8 * width);
    c.simd.layerNormBackward({
      dy: c.address(dy),
      x: c.address(x),
      scale: c.address(scale),
      mean: c.address(mean),
      inverse: c.address(inverse),
      dx: c.address(dx),
      dscale: c.address(dscale),
      doffset: c.address(doffset),
      rows,
      width,
      scratch,
    });
    return [dskip ? tf.add(dx, dskip) : dx, dscale, doffset];
  };

export const layerNormNatives = (c: WasmContext): NativeEntry[] => [
  native(layerNormKernel, layerNorm(c)),
  native(layerNormGradientKernel, layerNormGradient(c)),
];
