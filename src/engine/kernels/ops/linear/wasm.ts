// Linear layers on the wasm backend: one call per group, in place in wider matrices.
import * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { floatsBehind, NOTHING } from '../../runtime/wasm/simdModule.ts';
import { type LinearAttributes, linearGradientKernel, linearKernel, linearOutputShape } from './index.ts';

const FLOAT = 4;

/** As assembly/linear.ts numbers them. */
export const ACTIVATION_CODES = { none: 0, relu: 1, gelu: 2 } as const;

/** Position of each group of a grouped product: float offsets into x, weight, bias and y, and its output columns. */
function groupsOf(
  rows: number,
  inputs: number,
  { widths, layout }: LinearAttributes,
): { x: number; y: number; first: number; outputs: number }[] {
  let first = 0;
  return widths.map((outputs, g) => {
    const group =
      layout === 'columns'
        ? { x: g * inputs, y: first, first, outputs }
        : { x: g * rows * inputs, y: g * rows * outputs, first, outputs };
    first += outputs;
    return group;
  });
}

/** Rows of a group, and bytes from row to row of x and y. */
function linearShape(x: tf.Tensor, weight: tf.Tensor, { widths, layout }: LinearAttributes) {
  const [total, inputs] = weight.shape as [number, number];
  const all = x.shape[0] as number;
  return layout === 'columns'
    ? { rows: all, inputs, xStride: FLOAT * widths.length * inputs, yStride: FLOAT * total }
    : {
        rows: all / widths.length,
        inputs,
        xStride: FLOAT * inputs,
        yStride: (FLOAT * total) / widths.length,
      };
}

const linear =
  (c: WasmContext): NativeKernel<LinearAttributes> =>
  ([x, weight, bias, residual], attributes) => {
    const { activation, widths } = attributes;
    const { rows, inputs, xStride, yStride } = linearShape(x, weight, attributes);
    const shape = linearOutputShape(x.shape, weight.shape, attributes);
    const y = c.output(shape);
    // For GELU the derivative is stored, not the argument: both results of the forward pass share an exponential.
    const slope = c.output(activation === 'gelu' ? shape : [0]);
    const scratch = c.scratch(c.simd.linearScratch({ inputs, outputs: Math.max(...widths) }));
    for (const group of groupsOf(rows, inputs, attributes)) {
      c.simd.linearForward({
        x: floatsBehind(c.address(x), group.x),
        xStride,
        w: floatsBehind(c.address(weight), group.first * inputs),
        bias: floatsBehind(c.address(bias), group.first),
        y: floatsBehind(c.address(y), group.y),
        slope: floatsBehind(c.address(slope), group.y),
        yStride,
        rows,
        inputs,
        outputs: group.outputs,
        activation: ACTIVATION_CODES[activation],
        scratch,
      });
    }
    if (residual) return [tf.add(y, residual), slope];
    return [y, activation === 'relu' ? y.clone() : slope];
  };

const linearGradient =
  (c: WasmContext): NativeKernel<LinearAttributes> =>
  ([dy, saved, x, weight], attributes) => {
    const { rows, inputs, xStride, yStride } = linearShape(x, weight, attributes);
    const [total] = weight.shape as [number, number];
    const { biasCancels, constantInputs } = attributes;
    const dweight = c.output(weight.shape);
    const dbias = biasCancels ? tf.zeros([total]) : c.output([total]);
    const dx = constantInputs ? null : c.output(x.shape);
    const scratch = c.scratch(c.simd.linearScratch({ inputs, outputs: Math.max(...attributes.widths) }));
    for (const group of groupsOf(rows, inputs, attributes)) {
      c.simd.linearBackward({
        dy: floatsBehind(c.address(dy), group.y),
        saved: floatsBehind(c.address(saved), group.y),
        yStride,
        x: floatsBehind(c.address(x), group.x),
        xStride,
        w: floatsBehind(c.address(weight), group.first * inputs),
        dx: dx ? floatsBehind(c.address(dx), group.x) : NOTHING,
        dw: floatsBehind(c.address(dweight), group.first * inputs),
        db: biasCancels ? NOTHING : floatsBehind(c.address(dbias), group.first),
        rows,
        inputs,
        outputs: group.outputs,
        activation: ACTIVATION_CODES[attributes.activation],
        scratch,
      });
    }
    return dx ? [dweight, dbias, dx] : [dweight, dbias];
  };

export const linearNatives = (c: WasmContext): NativeEntry[] => [
  native(linearKernel, linear(c)),
  native(linearGradientKernel, linearGradient(c)),
];
