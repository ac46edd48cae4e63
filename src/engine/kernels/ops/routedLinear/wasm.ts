// Products of experts with some of the rows, on the wasm backend: the loops of whole products, over the rows of one expert at a
// time.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { floatsBehind, NOTHING } from '../../runtime/wasm/simdModule.ts';
import { ACTIVATION_CODES } from '../linear/wasm.ts';
import { countsOf } from '../routeRows/wasm.ts';
import { type RoutedLinearAttributes, routedLinearGradientKernel, routedLinearKernel } from './index.ts';

const FLOAT = 4;

/** Rows of a block, inputs and outputs of an expert, and how many rows each expert has. */
function productOf(c: WasmContext, x: tf.Tensor, weight: tf.Tensor, table: tf.Tensor) {
  const experts = table.shape[0] as number;
  const [total, inputs] = weight.shape as [number, number];
  return {
    rows: (x.shape[0] as number) / experts,
    inputs,
    outputs: total / experts,
    counts: countsOf(c, table),
  };
}

const routedLinear =
  (c: WasmContext): NativeKernel<RoutedLinearAttributes> =>
  ([x, weight, bias, table]) => {
    const { rows, inputs, outputs, counts } = productOf(c, x, weight, table);
    const y = c.output([counts.length * rows, outputs]);
    const scratch = c.scratch(c.simd.linearScratch({ inputs, outputs }));
    for (const [e, count] of counts.entries()) {
      if (count === 0) continue;
      c.simd.linearForward({
        x: floatsBehind(c.address(x), e * rows * inputs),
        xStride: FLOAT * inputs,
        w: floatsBehind(c.address(weight), e * outputs * inputs),
        bias: floatsBehind(c.address(bias), e * outputs),
        y: floatsBehind(c.address(y), e * rows * outputs),
        slope: NOTHING,
        yStride: FLOAT * outputs,
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
  (c: WasmContext): NativeKernel<RoutedLinearAttributes> =>
  ([dy, x, weight, table], { constantInputs }) => {
    const { rows, inputs, outputs, counts } = productOf(c, x, weight, table);
    const dweight = c.output(weight.shape);
    const dx = constantInputs ? null : c.output(x.shape);
    const scratch = c.scratch(c.simd.linearScratch({ inputs, outputs }));
    // Of an expert without rows too: its gradient is 0.
    for (const [e, count] of counts.entries()) {
      c.simd.linearBackward({
        dy: floatsBehind(c.address(dy), e * rows * outputs),
        saved: NOTHING,
        yStride: FLOAT * outputs,
        x: floatsBehind(c.address(x), e * rows * inputs),
        xStride: FLOAT * inputs,
        w: floatsBehind(c.address(weight), e * outputs * inputs),
        dx: dx ? floatsBehind(c.address(dx), e * rows * inputs) : NOTHING,
        dw: floatsBehind(c.address(dweight), e * outputs * inputs),
        db: NOTHING,
        rows: count,
        inputs,
        outputs,
        activation: ACTIVATION_CODES.none,
        scratch,
      });
    }
    return dx ? [dweight, dx] : [dweight];
  };

export const routedLinearNatives = (c: WasmContext): NativeEntry[] => [
  native(routedLinearKernel, routedLinear(c)),
  native(routedLinearGradientKernel, routedLinearGradient(c)),
];
