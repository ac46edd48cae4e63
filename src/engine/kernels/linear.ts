// y = activation(x W^T + b) as one kernel: product, bias and activation, with a gradient that never multiplies by a
// transposed matrix where that is slow.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../core/shapes.ts';
import { type Activation, activationGradient, biasActivation, geluReference } from './activation.ts';
import { columnSum } from './columnSum.ts';
import { defineKernel, getKernelMode } from './defineKernel.ts';
import { matMulTransposedA, matMulTransposedB } from './matMul.ts';

export type { Activation };

/** Inputs: x [N, in], weight [out, in], bias [out]. Outputs: y [N, out], and x W^T + b for GELU. */
const run = defineKernel<{ activation: Activation }>({
  name: 'Linear',
  savedOutputs: [true, true],
  reference([x, weight, bias], { activation }) {
    const product = matMulTransposedB(x as tf.Tensor2D, weight as tf.Tensor2D);
    const outputs = biasActivation([product, bias as tf.Tensor], { activation });
    return outputs.length === 2 ? outputs : [outputs[0] as tf.Tensor, tf.zeros([0])];
  },
  gradient([dy], [x, weight], [y, z], { activation }) {
    const dz =
      activation === 'none'
        ? (dy as tf.Tensor2D)
        : (activationGradient([dy as tf.Tensor, (activation === 'gelu' ? z : y) as tf.Tensor], {
            activation,
          })[0] as tf.Tensor2D);
    const dx = tf.matMul(dz, weight as tf.Tensor2D);
    const dw = matMulTransposedA(dz, x as tf.Tensor2D);
    return [dx, dw, columnSum(dz)];
  },
});

/** What a user of plain tfjs writes; differentiated by tfjs itself. */
function stock(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation,
): tf.Tensor2D {
  const product = tf.matMul(x, weight, false, true);
  const z = bias ? tf.add(product, bias) : product;
  if (activation === 'gelu') return geluReference(z) as tf.Tensor2D;
  return (activation === 'relu' ? tf.relu(z) : z) as tf.Tensor2D;
}

/**
 * @param x - [..., in]
 * @param weight - [out, in], the layout of PyTorch
 * @param bias - [out], or null
 * @param activation - GELU is the exact erf form
 * @returns [..., out]
 * @throws WorkbenchError (shape)
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation,
): tf.Tensor {
  const [outputs, inputs] = weight.shape;
  requireShape(
    'linear: x',
    [x.shape.at(-1) ?? 0],
    [inputs],
    'The last axis of x must match the weight [out, in].',
  );
  if (bias) requireShape('linear: bias', bias.shape, [outputs], 'The bias must have one entry per output.');
  const flat = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const y =
    getKernelMode() === 'stock'
      ? stock(flat, weight, bias, activation)
      : (run([flat, weight, bias ?? tf.zeros([outputs])], { activation })[0] as tf.Tensor2D);
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}
