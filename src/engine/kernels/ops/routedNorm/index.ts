// Batch norm of experts that get only some of the rows: an expert's statistics are over its own rows. An expert with fewer than
// two rows does not update its running statistics; with one row its output is its offset, because the variance is 0.
// Shapes: N rows, C columns of E experts together.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { columnSum } from '../../plain/columnSum.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import type { BatchNormAttributes, RunningStatistics } from '../batchNorm/index.ts';
import { occupied, partsOf } from '../routeRows/index.ts';

/** [N, C]: 1 where the expert of the column has a row. */
function openCells(routes: tf.Tensor, width: number): tf.Tensor2D {
  const open = occupied(routes);
  const [rows, experts] = open.shape;
  const wide = tf.tile(tf.expandDims(open, 2), [1, 1, width / experts]);
  return tf.reshape(wide, [rows, width]);
}

/** Rows per column, [C]. */
const countsOf = (routes: tf.Tensor, width: number): tf.Tensor1D => {
  const [counts] = partsOf(routes);
  return tf.reshape(tf.tile(counts, [1, width / (routes.shape[0] as number)]), [width]);
};

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
    const rows = countsOf(routes, mean.size);
    const weight = tf.mul(tf.cast(tf.greater(rows, 1), 'float32'), momentum);
    const unbiased = tf.mul(variance, tf.div(rows, tf.maximum(tf.sub(rows, 1), 1)));
    const move = (kept: tf.Variable, batch: tf.Tensor) =>
      kept.assign(tf.add(kept, tf.mul(weight, tf.sub(batch, kept))));
    move(running.mean, mean);
    move(running.variance, unbiased);
    const [counts] = partsOf(routes);
    const moved = tf.cast(tf.greater(tf.reshape(counts, [-1]), 1), 'float32');
    running.batches.assign(tf.add(running.batches, moved));
  });
}

/**
 * Inputs: x [N, C], scale [C], offset [C], routes [E, 1 + 2N]. Outputs: y [N, C], statistics [2, C]: mean and biased
 * variance.
 */
export const routedNormKernel = defineKernel<BatchNormAttributes>({
  name: 'RoutedNorm',
  savedOutputs: [true, true],
  reference([x, scale, offset, routes], { epsilon, relu, running }) {
    const width = (x as tf.Tensor).shape[1] as number;
    const open = openCells(routes as tf.Tensor, width);
    const rows = tf.maximum(countsOf(routes as tf.Tensor, width), 1);
    const mean = tf.div(columnSum(tf.mul(x as tf.Tensor, open)), rows);
    const centred = tf.mul(tf.sub(x as tf.Tensor, mean), open);
    const variance = tf.div(columnSum(tf.square(centred)), rows);
    const gain = tf.mul(scale as tf.Tensor, tf.rsqrt(tf.add(variance, epsilon)));
    const y = tf.mul(tf.add(tf.mul(centred, gain), offset as tf.Tensor), open);
    const statistics = tf.stack([mean, variance]);
    moveRoutedRunning(running, statistics, routes as tf.Tensor);
    return [relu ? tf.relu(y) : y, statistics];
  },
  gradient: ([dy], [x, scale, , routes], [y, statistics], attributes) => [
    ...routedNormGradientKernel.run([dy, x, scale, y, statistics, routes] as tf.Tensor[], attributes),
    null,
  ],
});

/** Inputs: dy, x, scale, y, statistics, routes. Outputs: dx [N, C], dscale [C], doffset [C]. */
export const routedNormGradientKernel = defineKernel<BatchNormAttributes>({
  name: 'RoutedNormGradient',
  reference([dy, x, scale, y, statistics, routes], { epsilon, relu }) {
    const width = (x as tf.Tensor).shape[1] as number;
    const open = openCells(routes as tf.Tensor, width);
    const rows = tf.maximum(countsOf(routes as tf.Tensor, width), 1);
    const [mean, variance] = tf.unstack(statistics as tf.Tensor) as [tf.Tensor, tf.Tensor];
    const dz = tf.mul(relu ? tf.mul(dy as tf.Tensor, tf.step(y as tf.Tensor)) : (dy as tf.Tensor), open);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalised = tf.mul(tf.mul(tf.sub(x as tf.Tensor, mean), inverse), open);
    const dscale = columnSum(tf.mul(dz, normalised));
    const doffset = columnSum(dz);
    const mixed = tf.mul(tf.add(tf.mul(normalised, dscale), doffset), open);
    const dx = tf.mul(tf.sub(dz, tf.div(mixed, rows)), tf.mul(scale as tf.Tensor, inverse));
    return [dx, dscale, doffset];
  },
});

/**
 * @param x - [N, C], the columns of the experts side by side, their rows at the top
 * @returns [N, C]; values below an expert's rows are undefined
 * @throws WorkbenchError (shape)
 */
export function routedNorm(
  x: tf.Tensor2D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  routes: tf.Tensor2D,
  attributes: BatchNormAttributes,
): tf.Tensor2D {
  const [rows, width] = x.shape;
  const [experts] = routes.shape;
  requireShape(
    'routedNorm: columns modulo experts',
    [width % experts],
    [0],
    'All experts have equally many.',
  );
  requireShape('routedNorm: routes', routes.shape, [experts, 1 + 2 * rows], 'See topGates.');
  requireShape('routedNorm: scale', scale.shape, [width], 'One scale per column.');
  requireShape('routedNorm: offset', offset.shape, [width], 'One offset per column.');
  return routedNormKernel.run([x, scale, offset, routes], attributes)[0] as tf.Tensor2D;
}
