// A linear layer on the flattened tokens of numeric columns, without materialising the tokens. A token is a number times a
// vector, so W acts on the columns through a matrix that is smaller by the width of a token:
// sum_ie W[o, ie] (v_i w[ie] + b[ie]) = sum_i v_i (sum_e W[o, ie] w[ie]) + sum_ie W[o, ie] b[ie].
// Shapes: B rows, n numeric columns, e columns of a token, O outputs.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { runsNatively } from '../../runtime/backendRuntime.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { groupedLinear, type LinearAttributes } from '../linear/index.ts';

/** Linear(1, e) of every column, not yet applied. */
export interface NumericTokens {
  /** Data, not trained through, [B, n] */
  values: tf.Tensor2D;
  /** [n, e] each */
  weight: tf.Tensor2D;
  bias: tf.Tensor2D;
}

/** Whether folding is faster than making tokens on this backend. */
export const foldsTokens = (): boolean => runsNatively(foldTokensKernel);

/** [O, n * e] -> [O, n, e] */
const apartOf = (weight: tf.Tensor, tokens: tf.Tensor): tf.Tensor3D =>
  tf.reshape(weight, [weight.shape[0] as number, ...(tokens.shape as [number, number])]);

/** Inputs: weight [O, n * e], bias [O], token weights and biases [n, e]. Outputs: the matrix [O, n] and bias [O] they make. */
export const foldTokensKernel = defineKernel<object>({
  name: 'FoldTokens',
  reference(inputs) {
    const [weight, bias, tokenWeight, tokenBias] = inputs as tf.Tensor[] as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const apart = apartOf(weight, tokenWeight);
    return [
      tf.sum(tf.mul(apart, tokenWeight), 2),
      tf.add(bias, tf.sum(tf.reshape(tf.mul(apart, tokenBias), weight.shape), 1)),
    ];
  },
  gradient: ([dfolded, dbias], [weight, , tokenWeight, tokenBias]) => {
    const inputs = [dfolded, dbias, weight, tokenWeight, tokenBias] as tf.Tensor[];
    const [dweight, dtokenWeight, dtokenBias] = foldTokensGradientKernel.run(inputs, {});
    return [dweight as tf.Tensor, (dbias as tf.Tensor).clone(), dtokenWeight ?? null, dtokenBias ?? null];
  },
});

/**
 * Inputs: gradients of the folded matrix [O, n] and bias [O], weight, token weights and biases. Outputs: gradients of weight,
 * token weights and token biases.
 */
export const foldTokensGradientKernel = defineKernel<object>({
  name: 'FoldTokensGradient',
  reference(inputs) {
    const [dfolded, dbias, weight, tokenWeight, tokenBias] = inputs as tf.Tensor[] as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const apart = apartOf(weight, tokenWeight);
    const perColumn = tf.expandDims(dfolded, 2); // [O, n, 1]
    const shared = tf.reshape(dbias, [-1, 1, 1]);
    const dweight = tf.add(tf.mul(perColumn, tokenWeight), tf.mul(shared, tokenBias));
    return [
      tf.reshape(dweight, weight.shape),
      tf.sum(tf.mul(apart, perColumn), 0),
      tf.sum(tf.mul(apart, shared), 0),
    ];
  },
});

/**
 * The layer that reads the columns where `weight` and `bias` read their tokens.
 * @param weight - [O, n * e], the layout of PyTorch
 * @param bias - [O]
 * @returns weight [O, n] and bias [O]
 * @throws WorkbenchError (shape)
 */
export function foldTokens(
  { weight: tokenWeight, bias: tokenBias }: Pick<NumericTokens, 'weight' | 'bias'>,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
): { weight: tf.Tensor2D; bias: tf.Tensor1D } {
  requireShape(
    'foldTokens: weight',
    [weight.shape[1]],
    [tokenWeight.size],
    'One column per number of a token.',
  );
  const [folded, shifted] = foldTokensKernel.run([weight, bias, tokenWeight, tokenBias], {});
  return { weight: folded as tf.Tensor2D, bias: shifted as tf.Tensor1D };
}

/**
 * @param weight - [O, n * e], the layout of PyTorch
 * @param bias - [O]
 * @param attributes - of one group
 * @returns [B, O]
 * @throws WorkbenchError (shape)
 */
export function tokenLinear(
  tokens: NumericTokens,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  attributes: LinearAttributes,
): tf.Tensor2D {
  requireShape('tokenLinear: groups', [attributes.widths.length], [1], 'All outputs read the same tokens.');
  const folded = foldTokens(tokens, weight, bias);
  return groupedLinear(tokens.values, folded.weight, folded.bias, { ...attributes, constantInputs: true });
}
