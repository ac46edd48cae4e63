// All gates of a layer of experts in one kernel: softmax of the logits of each gate, and the weighted sum of its experts (Ma et
// al. 2018, section 4.2; Tang et al. 2020, Eq. 1 to 4). The same backward.
// Shapes: N rows, G gates, E experts, H outputs of an expert.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { gatherRowsKernel, oneSlotEach, scatterRowsKernel } from '../routeRows/index.ts';

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

/** Results of the experts row by row, [N, E, H]: zeros for rows that an expert did not get. */
function byRow(experts: tf.Tensor, routes: tf.Tensor | undefined, numExperts: number): tf.Tensor3D {
  if (!routes) return tf.reshape(experts, [experts.shape[0] as number, numExperts, -1]);
  const [back] = scatterRowsKernel.run([experts, routes], oneSlotEach(numExperts)) as [tf.Tensor];
  return tf.reshape(back, [back.shape[0] as number, numExperts, -1]);
}

/**
 * Inputs: logits [N, total], experts [N, E * H], or [E * N, H] behind routes [E, 1 + 2N]. With routes, an expert whose weight is
 * exactly 0 is not read. Outputs: mixed [N, gates * H], weights [N, total].
 */
export const mixExpertsKernel = defineKernel<MixAttributes>({
  name: 'MixExperts',
  savedOutputs: [false, true],
  reference([logits, experts, routes], attributes) {
    const rows = (logits as tf.Tensor).shape[0] as number;
    const dense = tf.softmax(spread(logits as tf.Tensor, attributes, -1e30)); // [N, G, E]
    const mixed = tf.matMul(dense, byRow(experts as tf.Tensor, routes, attributes.numExperts)); // [N, G, H]
    return [tf.reshape(mixed, [rows, -1]), gathered(dense, attributes)];
  },
  gradient: ([dy], [, experts, routes], [weights], attributes) => [
    ...mixExpertsGradientKernel.run(
      [dy, experts, weights, ...(routes ? [routes] : [])] as tf.Tensor[],
      attributes,
    ),
  ],
});

/**
 * Inputs: dmixed [N, gates * H], experts, weights, and routes if there are any. Outputs: dlogits [N, total], dexperts in the
 * shape of experts.
 */
export const mixExpertsGradientKernel = defineKernel<MixAttributes>({
  name: 'MixExpertsGradient',
  reference([dy, experts, weights, routes], attributes) {
    const { gates, numExperts } = attributes;
    const rows = (dy as tf.Tensor).shape[0] as number;
    const dense = spread(weights as tf.Tensor, attributes, 0); // [N, G, E]
    const dmixed = tf.reshape(dy as tf.Tensor, [rows, gates.length, -1]) as tf.Tensor3D; // [N, G, H]
    const values = byRow(experts as tf.Tensor, routes, numExperts); // [N, E, H]
    const dweights = tf.matMul(dmixed, values, false, true); // [N, G, E]
    const product = tf.mul(dense, dweights);
    const dlogits = tf.sub(product, tf.mul(dense, tf.sum(product, 2, true))) as tf.Tensor3D;
    const open = learning(attributes);
    const through = open ? tf.mul(dense, tf.tensor3d(open, [1, gates.length, numExperts])) : dense;
    const dvalues = tf.matMul(through as tf.Tensor3D, dmixed, true, false); // [N, E, H]
    const dexperts = tf.reshape(dvalues, [rows, -1]);
    return [
      gathered(dlogits, attributes),
      routes ? (gatherRowsKernel.run([dexperts, routes], oneSlotEach(numExperts))[0] as tf.Tensor) : dexperts,
    ];
  },
});

/**
 * @param logits - [N, sum of the gates' experts], gate after gate
 * @param experts - [N, numExperts * H]; with routes [numExperts * N, H], the rows of each expert at the top of its block
 * @param routes - of `topGates`, [numExperts, 1 + 2N]; logits of experts that did not get the row are then closed
 * @returns mixed [N, gates * H] and the softmax weights [N, sum of the gates' experts]; gradients flow through `mixed`
 * @throws WorkbenchError (shape)
 */
export function mixExperts(
  logits: tf.Tensor2D,
  experts: tf.Tensor2D,
  attributes: MixAttributes,
  routes?: tf.Tensor2D,
): { mixed: tf.Tensor2D; weights: tf.Tensor2D } {
  const { gates, numExperts } = attributes;
  const { total } = layoutOf(gates);
  const rows = logits.shape[0];
  requireShape('mixExperts: logits', [logits.shape[1]], [total], 'One logit per gate and expert.');
  if (routes) {
    requireShape('mixExperts: routes', routes.shape, [numExperts, 1 + 2 * rows], 'See topGates.');
    requireShape('mixExperts: rows', [experts.shape[0]], [numExperts * rows], 'A block of rows per expert.');
  } else
    requireShape(
      'mixExperts: expert columns modulo experts',
      [experts.shape[1] % numExperts],
      [0],
      'All experts have equally many outputs.',
    );
  const [mixed, weights] = mixExpertsKernel.run([logits, experts, ...(routes ? [routes] : [])], attributes);
  return { mixed: mixed as tf.Tensor2D, weights: weights as tf.Tensor2D };
}
