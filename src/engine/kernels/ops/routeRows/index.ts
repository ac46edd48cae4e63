// Gathers rows for experts and scatters them back: an expert has its rows at the top of its columns, so that the layers between
// skip the rest. The two directions are each other's gradients.
// Shapes: N rows, E experts.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from '../../runtime/defineKernel.ts';
import type { Kernel } from '../../runtime/kernel.ts';

export interface RouteAttributes {
  /** Which columns of the rows each expert reads, in units of its width. */
  slotOf: readonly number[];
  slots: number;
}

/** Counts [E, 1], indices [E, N] and places [E, N] of `topGates`. */
export const partsOf = (routes: tf.Tensor): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] => {
  const rows = ((routes.shape[1] as number) - 1) / 2;
  return tf.split(routes, [1, rows, rows], 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
};

/** 1 for an expert's rows at the top of its columns, 0 below, [N, E]. */
export function occupied(routes: tf.Tensor): tf.Tensor2D {
  const [counts, indices] = partsOf(routes);
  const positions = tf.range(0, indices.shape[1]);
  return tf.transpose(tf.cast(tf.less(tf.expandDims(positions, 0), counts), 'float32')) as tf.Tensor2D;
}

/** Rows of one matrix [N, width] per expert, given by index [E, N], where open [E, N] is 1; else 0. Side by side. */
function taken(matrices: readonly tf.Tensor2D[], indices: tf.Tensor2D, open: tf.Tensor2D): tf.Tensor2D[] {
  const [rows, opens] = [tf.unstack(tf.cast(indices, 'int32')), tf.unstack(open)];
  return matrices.map(
    (matrix, e): tf.Tensor2D =>
      tf.mul(tf.gather(matrix, rows[e] as tf.Tensor1D), tf.expandDims(opens[e] as tf.Tensor, 1)),
  );
}

/** In pairs: `tf.addN` binds all tensors at once, and WebGPU gives a program eight buffers. */
const sumOf = (matrices: readonly tf.Tensor2D[]): tf.Tensor2D => matrices.reduce((sum, m) => tf.add(sum, m));

/** Inputs: x [N, slots * width], routes. Outputs: [N, experts * width]. */
export const gatherRowsKernel: Kernel<RouteAttributes> = defineKernel<RouteAttributes>({
  name: 'GatherRows',
  reference([x, routes], { slotOf, slots }) {
    const bySlot = tf.split(x as tf.Tensor2D, slots, 1) as tf.Tensor2D[];
    const [, indices] = partsOf(routes as tf.Tensor);
    const open = tf.transpose(occupied(routes as tf.Tensor)) as tf.Tensor2D;
    const matrices = slotOf.map((slot) => bySlot[slot] as tf.Tensor2D);
    return [tf.concat(taken(matrices, indices, open), 1)];
  },
  gradient: ([dy], [, routes], _outputs, attributes) => [
    scatterRowsKernel.run([dy, routes] as tf.Tensor[], attributes)[0] as tf.Tensor,
    null,
  ],
});

/** Inputs: y [N, experts * width], routes. Outputs: [N, slots * width], the sum over the experts of a slot. */
export const scatterRowsKernel: typeof gatherRowsKernel = defineKernel<RouteAttributes>({
  name: 'ScatterRows',
  reference([y, routes], { slotOf, slots }) {
    const [, , places] = partsOf(routes as tf.Tensor);
    const open = tf.cast(tf.greaterEqual(places, 0), 'float32');
    const byExpert = tf.split(y as tf.Tensor2D, slotOf.length, 1) as tf.Tensor2D[];
    const back = taken(byExpert, tf.relu(places), open as tf.Tensor2D);
    return [
      tf.concat(
        Array.from({ length: slots }, (_, slot) => sumOf(back.filter((_, e) => slotOf[e] === slot))),
        1,
      ),
    ];
  },
  gradient: ([dy], [, routes], _outputs, attributes) => [
    gatherRowsKernel.run([dy, routes] as tf.Tensor[], attributes)[0] as tf.Tensor,
    null,
  ],
});

/** @returns the rows of each expert, [N, experts * width]: its rows first, in order; values below them are undefined */
export const gatherRows = (x: tf.Tensor2D, routes: tf.Tensor2D, attributes: RouteAttributes): tf.Tensor2D =>
  gatherRowsKernel.run([x, routes], attributes)[0] as tf.Tensor2D;

/** @returns the experts' results at their original rows, zeros elsewhere, [N, experts * width] */
export const scatterRows = (y: tf.Tensor2D, routes: tf.Tensor2D): tf.Tensor2D => {
  const experts = routes.shape[0];
  const slotOf = Array.from({ length: experts }, (_, e) => e);
  return scatterRowsKernel.run([y, routes], { slotOf, slots: experts })[0] as tf.Tensor2D;
};
