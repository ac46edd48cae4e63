// Batch norm of experts that get only some of the rows: an expert's statistics are over its own rows. An expert with fewer than
// two rows does not update its running statistics; with one row its output is its offset, because the variance is 0.
// Shapes: N rows, E experts with `width` columns each.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import type { BatchNormAttributes, RunningStatistics } from '../batchNorm/index.ts';
import { byExpert, occupied, partsOf, stacked } from '../routeRows/index.ts';

/** [E, N, 1]: 1 where the expert has a row. */
const openRows = (routes: tf.Tensor) => tf.expandDims(occupied(routes), 2);

/** Rows of each expert, at least one, [E, 1, 1]. */
const rowsOf = (routes: tf.Tensor) => tf.maximum(tf.expandDims(partsOf(routes)[0], 2), 1);

/** [E * width] -> [E, 1, width] */
const perExpert = (values: tf.Tensor, routes: tf.Tensor): tf.Tensor3D =>
  tf.reshape(values, [routes.shape[0] as number, 1, -1]);

/** For backends that cannot change values in place; columns with fewer than two rows do not change. */
export function moveRoutedRunning(
  running: RunningStatistics | undefined,
  statistics: tf.Tensor,
  routes: tf.Tensor,
): void {
  if (!running) return;
  const { momentum } = running;
  tf.tidy(() => {
    const [mean, variance] = tf.unstack(statistics) as [tf.Tensor, tf.Tensor];
    const [counts] = partsOf(routes);
    const experts = counts.shape[0];
    const rows = tf.reshape(tf.tile(counts, [1, mean.size / experts]), [mean.size]);
    const weight = tf.mul(tf.cast(tf.greater(rows, 1), 'float32'), momentum);
    const unbiased = tf.mul(variance, tf.div(rows, tf.maximum(tf.sub(rows, 1), 1)));
    const move = (kept: tf.Variable, batch: tf.Tensor) =>
      kept.assign(tf.add(kept, tf.mul(weight, tf.sub(batch, kept))));
    move(running.mean, mean);
    move(running.variance, unbiased);
    const moved = tf.cast(tf.greater(tf.reshape(counts, [-1]), 1), 'float32');
    running.batches.assign(tf.add(running.batches, moved));
  });
}

/**
 * Inputs: x [E * N, width], scale [E * width], offset [E * width], routes [E, 1 + 2N]. Outputs: y [E * N, width], statistics
 * [2, E * width]: mean and biased variance.
 */
export const routedNormKernel = defineKernel<BatchNormAttributes>({
  name: 'RoutedNorm',
  savedOutputs: [true, true],
  reference(given, { epsilon, relu, running }) {
    const [x, scale, offset, routes] = given as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const [open, rows] = [openRows(routes), rowsOf(routes)];
    const apart = byExpert(x, routes); // [E, N, width]
    const mean = tf.div(tf.sum(tf.mul(apart, open), 1, true), rows); // [E, 1, width]
    const centred = tf.mul(tf.sub(apart, mean), open);
    const variance = tf.div(tf.sum(tf.square(centred), 1, true), rows);
    const gain = tf.mul(perExpert(scale, routes), tf.rsqrt(tf.add(variance, epsilon)));
    const y = stacked(tf.mul(tf.add(tf.mul(centred, gain), perExpert(offset, routes)), open));
    const statistics = tf.reshape(tf.stack([mean, variance]), [2, -1]);
    moveRoutedRunning(running, statistics, routes);
    return [relu ? tf.relu(y) : y, statistics];
  },
  gradient: ([dy], [x, scale, , routes], [y, statistics], attributes) => [
    ...routedNormGradientKernel.run([dy, x, scale, y, statistics, routes] as tf.Tensor[], attributes),
    null,
  ],
});

/** Inputs: dy, x, scale, y, statistics, routes. Outputs: dx [E * N, width], dscale [E * width], doffset [E * width]. */
export const routedNormGradientKernel = defineKernel<BatchNormAttributes>({
  name: 'RoutedNormGradient',
  reference(given, { epsilon, relu }) {
    const [dy, x, scale, y, statistics, routes] = given as tf.Tensor[] as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const [open, rows] = [openRows(routes), rowsOf(routes)];
    const [mean, variance] = tf.unstack(statistics).map((s) => perExpert(s, routes)) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const dz = tf.mul(byExpert(relu ? tf.mul(dy, tf.step(y)) : dy, routes), open); // [E, N, width]
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalised = tf.mul(tf.mul(tf.sub(byExpert(x, routes), mean), inverse), open);
    const dscale = tf.sum(tf.mul(dz, normalised), 1, true); // [E, 1, width]
    const doffset = tf.sum(dz, 1, true);
    const mixed = tf.mul(tf.add(tf.mul(normalised, dscale), doffset), open);
    const dx = tf.mul(tf.sub(dz, tf.div(mixed, rows)), tf.mul(perExpert(scale, routes), inverse));
    return [stacked(dx), tf.reshape(dscale, [-1]), tf.reshape(doffset, [-1])];
  },
});

/**
 * @param x - [E * N, width], the rows of each expert at the top of its block
 * @param scale - [E * width]
 * @param offset - [E * width]
 * @param routes - of `topGates`, [E, 1 + 2N]
 * @returns [E * N, width]; values below an expert's rows are undefined
 * @throws WorkbenchError (shape)
 */
export function routedNorm(
  x: tf.Tensor2D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  routes: tf.Tensor2D,
  attributes: BatchNormAttributes,
): tf.Tensor2D {
  const [experts, columns] = routes.shape;
  const width = x.shape[1];
  const rows = experts * ((columns - 1) / 2);
  requireShape('routedNorm: x', x.shape, [rows, width], 'A block of rows per expert.');
  requireShape('routedNorm: scale', scale.shape, [experts * width], 'One scale per column of an expert.');
  requireShape('routedNorm: offset', offset.shape, [experts * width], 'One offset per column of an expert.');
  return routedNormKernel.run([x, scale, offset, routes], attributes)[0] as tf.Tensor2D;
}
