// Products of experts with some of the rows, on the wasm backend: the loops of whole products, over the rows of one expert at a
// time.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { bytesBehind, floatsBehind, NOTHING } from '../../runtime/wasm/simdModule.ts';
import { ACTIVATION_CODES } from '../linear/wasm.ts';
import { routesOf } from '../routeRows/wasm.ts';
import { routedLinearGradientKernel, routedLinearKernel } from './index.ts';

const FLOAT = 4;

/** Sizes of a product, and its counts read before anything is allocated. */
function productOf(c: WasmContext, x: tf.Tensor, weight: tf.Tensor, table: tf.Tensor) {
  const [rows] = x.shape as [number, number];
  const experts = table.shape[0] as number;
  const [total, inputs] = weight.shape as [number, number];
  const { count } = routesOf(c, table, rows);
  const counts = Array.from({ length: experts }, (_, e) => count(e));
  return { rows, experts, total, inputs, outputs: total / experts, counts };
}

const routedLinear =
  (c: WasmContext): NativeKernel<Record<string, never>> =>
  ([x, weight, bias, table]) => {
    const { rows, total, experts, inputs, outputs, counts } = productOf(c, x, weight, table);
    const y = c.output([rows, total]);
    const scratch = c.scratch(c.simd.linearScratch({ inputs, outputs }));
    for (const [e, count] of counts.entries()) {
      if (count === 0) continue;
      c.simd.linearForward({
        x: floatsBehind(c.address(x), e * inputs),
        xStride: FLOAT * experts * inputs,
        w: floatsBehind(c.address(weight), e * outputs * inputs),
        bias: floatsBehind(c.address(bias), e * outputs),
        y: floatsBehind(c.address(y), e * outputs),
        slope: NOTHING,
        yStride: FLOAT * total,
        rows: count,
        inputs,
        outputs,
        activation: ACTIVATION_CODES.none,
        scratch,
      });
    }
    return [y];
  };

const routedLinearGradient =
  (c: WasmContext): NativeKernel<Record<string, never>> =>
  ([dy, x, weight, table]) => {
    const { total, experts, inputs, outputs, counts } = productOf(c, x, weight, table);
    const [dx, dweight] = [c.output(x.shape), c.output(weight.shape)];
    const bytes = c.simd.linearScratch({ inputs, outputs });
    const scratch = c.scratch(bytes + FLOAT * (outputs + 4));
    for (const [e, count] of counts.entries()) {
      c.simd.linearBackward({
        dy: floatsBehind(c.address(dy), e * outputs),
        saved: NOTHING,
        yStride: FLOAT * total,
        x: floatsBehind(c.address(x), e * inputs),
        xStride: FLOAT * experts * inputs,
        w: floatsBehind(c.address(weight), e * outputs * inputs),
        dx: floatsBehind(c.address(dx), e * inputs),
        dw: floatsBehind(c.address(dweight), e * outputs * inputs),
        // Never read: a batch norm cancels the bias.
        db: bytesBehind(scratch, bytes),
        rows: count,
        inputs,
        outputs,
        activation: ACTIVATION_CODES.none,
        scratch,
      });
    }
    return [dx, dweight];
  };

export const routedLinearNatives = (c: WasmContext): NativeEntry[] => [
  native(routedLinearKernel, routedLinear(c)),
  native(routedLinearGradientKernel, routedLinearGradient(c)),
];
