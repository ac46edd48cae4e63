// All gates of a layer of experts in one kernel: softmax of the logits of each gate, and the weighted sum of its experts (Ma et
// al. 2018, section 4.2; Tang et al. 2020, Eq. 1 to 4). The same backward.
// Shapes: N rows, G gates, E experts, H outputs of an expert.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface Gate {
  /** The experts it weights, in the order of its logits. */
  experts: readonly number[];
  /** Per entry of `experts`: true if the expert gets no gradient through this gate (the gate itself does). */
  detached?: readonly boolean[];
}

export interface MixAttributes {
  gates: readonly Gate[];
  numExperts: number;
}

/** First logit of each gate, and their number in all. */
function layoutOf(gates: readonly Gate[]): { starts: number[]; total: number } {
  let total = 0;
  const starts = gates.map(({ experts }) => {
    const start = total;
    total += experts.length;
    return start;
  });
  return { starts, total };
}

/**
 * Mapping between the ragged logits [N, total] and the dense table [N, gates, experts]: for every dense cell its logit (`total`
 * if the gate has none), for every logit its dense cell.
 */
function cells({ gates, numExperts }: MixAttributes) {
  const { starts, total } = layoutOf(gates);
  const ofCell = new Int32Array(gates.length * numExperts).fill(total);
  const ofLogit = new Int32Array(total);
  gates.forEach(({ experts }, g) => {
    experts.forEach((expert, k) => {
      const cell = g * numExperts + expert;
      const logit = (starts[g] as number) + k;
      ofCell[cell] = logit;
      ofLogit[logit] = cell;
    });
  });
  return { ofCell, ofLogit, total };
}

/** 1 if an expert learns through a gate, [gates, experts]; null if all do. */
function learning({ gates, numExperts }: MixAttributes): Float32Array | null {
  if (!gates.some((g) => g.detached?.some(Boolean))) return null;
  const open = new Float32Array(gates.length * numExperts).fill(1);
  gates.forEach(({ experts, detached }, g) => {
    experts.forEach((expert, k) => {
      if (detached?.[k]) open[g * numExperts + expert] = 0;
    });
  });
  return open;
}

const isDense = ({ gates, numExperts }: MixAttributes) =>
  gates.every(({ experts }) => experts.length === numExperts && experts.every((e, i) => e === i));

/** [N, total] -> [N, gates, experts], `empty` in the cells without a logit. */
function spread(values: tf.Tensor, attributes: MixAttributes, empty: number): tf.Tensor3D {
  const rows = values.shape[0] as number;
  const shape: [number, number, number] = [rows, attributes.gates.length, attributes.numExperts];
  if (isDense(attributes)) return tf.reshape(values, shape);
  const padded = tf.concat([values, tf.fill([rows, 1], empty)], 1);
  return tf.reshape(tf.gather(padded, tf.tensor1d(cells(attributes).ofCell, 'int32'), 1), shape);
}

/** The inverse of `spread`. */
function gathered(values: tf.Tensor3D, attributes: MixAttributes): tf.Tensor2D {
  const [rows, gates, experts] = values.shape;
  const flat = tf.reshape(values, [rows, gates * experts]) as tf.Tensor2D;
  if (isDense(attributes)) return flat;
  return tf.gather(flat, tf.tensor1d(cells(attributes).ofLogit, 'int32'), 1);
}

/** Inputs: logits [N, total], experts [N, E * H]. Outputs: mixed [N, gates * H], weights [N, total]. */
export const mixExpertsKernel = defineKernel<MixAttributes>({
  name: 'MixExperts',
  savedOutputs: [false, true],
  reference([logits, experts], attributes) {
    const { numExperts } = attributes;
    const rows = (logits as tf.Tensor).shape[0] as number;
    const dense = tf.softmax(spread(logits as tf.Tensor, attributes, -1e30)); // [N, G, E]
    const values = tf.reshape(experts as tf.Tensor, [rows, numExperts, -1]) as tf.Tensor3D; // [N, E, H]
    const mixed = tf.matMul(dense, values); // [N, G, H]
    return [tf.reshape(mixed, [rows, -1]), gathered(dense, attributes)];
  },
  gradient: ([dy], [, experts], [weights], attributes) => [
    ...mixExpertsGradientKernel.run([dy, experts, weights] as tf.Tensor[], attributes),
  ],
});

/** Inputs: dmixed [N, gates * H], experts, weights. Outputs: dlogits [N, total], dexperts [N, E * H]. */
export const mixExpertsGradientKernel = defineKernel<MixAttributes>({
  name: 'MixExpertsGradient',
  reference([dy, experts, weights], attributes) {
    const { gates, numExperts } = attributes;
    const rows = (dy as tf.Tensor).shape[0] as number;
    const dense = spread(weights as tf.Tensor, attributes, 0); // [N, G, E]
    const dmixed = tf.reshape(dy as tf.Tensor, [rows, gates.length, -1]) as tf.Tensor3D; // [N, G, H]
    const values = tf.reshape(experts as tf.Tensor, [rows, numExperts, -1]) as tf.Tensor3D; // [N, E, H]
    const dweights = tf.matMul(dmixed, values, false, true); // [N, G, E]
    const product = tf.mul(dense, dweights);
    const dlogits = tf.sub(product, tf.mul(dense, tf.sum(product, 2, true))) as tf.Tensor3D;
    const open = learning(attributes);
    const through = open ? tf.mul(dense, tf.tensor3d(open, [1, gates.length, numExperts])) : dense;
    const dexperts = tf.matMul(through as tf.Tensor3D, dmixed, true, false); // [N, E, H]
    return [gathered(dlogits, attributes), tf.reshape(dexperts, (experts as tf.Tensor).shape)];
  },
});

/**
 * @param logits - [N, sum of the gates' experts], gate after gate
 * @param experts - [N, numExperts * H]
 * @returns mixed [N, gates * H] and the softmax weights [N, sum of the gates' experts]; gradients flow through `mixed`
 * @throws WorkbenchError (shape)
 */
export function mixExperts(
  logits: tf.Tensor2D,
  experts: tf.Tensor2D,
  attributes: MixAttributes,
): { mixed: tf.Tensor2D; weights: tf.Tensor2D } {
  const { gates, numExperts } = attributes;
  const { total } = layoutOf(gates);
  requireShape('mixExperts: logits', [logits.shape[1]], [total], 'One logit per gate and expert.');
  requireShape(
    'mixExperts: expert columns modulo experts',
    [experts.shape[1] % numExperts],
    [0],
    'All experts have equally many outputs.',
  );
  const [mixed, weights] = mixExpertsKernel.run([logits, experts], attributes);
  return { mixed: mixed as tf.Tensor2D, weights: weights as tf.Tensor2D };
}
