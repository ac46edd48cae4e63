// Gathers rows for experts and scatters them back: each expert has a block of its own, with its rows at the top, so that the
// layers between skip the rest. The two directions are each other's gradients.
// Shapes: N rows, E experts; an expert's block has N rows too, because how many it gets is not known before the step runs.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
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

/** 1 for an expert's rows at the top of its block, 0 below, [E, N]. */
export function occupied(routes: tf.Tensor): tf.Tensor2D {
  const [counts, indices] = partsOf(routes);
  const positions = tf.expandDims(tf.range(0, indices.shape[1]), 0);
  return tf.cast(tf.less(positions, counts), 'float32') as tf.Tensor2D;
}

/** [E * N, width] -> [E, N, width] */
export const byExpert = (x: tf.Tensor, routes: tf.Tensor): tf.Tensor3D => {
  const experts = routes.shape[0] as number;
  return tf.reshape(x, [experts, (x.shape[0] as number) / experts, x.shape[1] as number]);
};

/** [E, N, width] -> [E * N, width] */
export const stacked = (x: tf.Tensor): tf.Tensor2D =>
  tf.reshape(x, [(x.shape[0] as number) * (x.shape[1] as number), x.shape[2] as number]);

/** Rows of one matrix [N, width] per expert, given by index [E, N], where open [E, N] is 1; else 0. */
function taken(matrices: readonly tf.Tensor2D[], indices: tf.Tensor2D, open: tf.Tensor2D): tf.Tensor2D[] {
  const [rows, opens] = [tf.unstack(tf.cast(indices, 'int32')), tf.unstack(open)];
  return matrices.map(
    (matrix, e): tf.Tensor2D =>
      tf.mul(tf.gather(matrix, rows[e] as tf.Tensor1D), tf.expandDims(opens[e] as tf.Tensor, 1)),
  );
}

/** In pairs: `tf.addN` binds all tensors at once, and WebGPU gives a program eight buffers. */
const sumOf = (matrices: readonly tf.Tensor2D[]): tf.Tensor2D => matrices.reduce((sum, m) => tf.add(sum, m));

/** Inputs: x [N, slots * width], routes. Outputs: [E * N, width]. */
export const gatherRowsKernel: Kernel<RouteAttributes> = defineKernel<RouteAttributes>({
  name: 'GatherRows',
  reference([x, routes], { slotOf, slots }) {
    const bySlot = tf.split(x as tf.Tensor2D, slots, 1) as tf.Tensor2D[];
    const [, indices] = partsOf(routes as tf.Tensor);
    const matrices = slotOf.map((slot) => bySlot[slot] as tf.Tensor2D);
    return [tf.concat(taken(matrices, indices, occupied(routes as tf.Tensor)), 0)];
  },
  gradient: ([dy], [, routes], _outputs, attributes) => [
    scatterRowsKernel.run([dy, routes] as tf.Tensor[], attributes)[0] as tf.Tensor,
    null,
  ],
});

/** Inputs: y [E * N, width], routes. Outputs: [N, slots * width], the sum over the experts of a slot. */
export const scatterRowsKernel: typeof gatherRowsKernel = defineKernel<RouteAttributes>({
  name: 'ScatterRows',
  reference([y, routes], { slotOf, slots }) {
    const [, , places] = partsOf(routes as tf.Tensor);
    const open = tf.cast(tf.greaterEqual(places, 0), 'float32');
    const blocks = tf.split(y as tf.Tensor2D, slotOf.length, 0) as tf.Tensor2D[];
    const back = taken(blocks, tf.relu(places), open as tf.Tensor2D);
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

/** The slots of experts that have columns of their own. */
export const oneSlotEach = (experts: number): RouteAttributes => ({
  slotOf: Array.from({ length: experts }, (_, e) => e),
  slots: experts,
});

/**
 * @param x - [N, slots * width]
 * @param routes - of `topGates`, [E, 1 + 2N]
 * @returns the rows of each expert, [E * N, width]: its own first, in order; values below them are undefined
 * @throws WorkbenchError (shape)
 */
export function gatherRows(x: tf.Tensor2D, routes: tf.Tensor2D, attributes: RouteAttributes): tf.Tensor2D {
  const [rows, columns] = x.shape;
  const { slotOf, slots } = attributes;
  requireShape('gatherRows: routes', routes.shape, [slotOf.length, 1 + 2 * rows], 'See topGates.');
  requireShape('gatherRows: columns modulo slots', [columns % slots], [0], 'All slots are equally wide.');
  return gatherRowsKernel.run([x, routes], attributes)[0] as tf.Tensor2D;
}

/**
 * @param y - results of the experts for their rows, [E * N, width]
 * @param routes - of `topGates`, [E, 1 + 2N]
 * @returns the same at the original rows, zeros elsewhere, [N, E * width]
 */
export const scatterRows = (y: tf.Tensor2D, routes: tf.Tensor2D): tf.Tensor2D =>
  scatterRowsKernel.run([y, routes], oneSlotEach(routes.shape[0]))[0] as tf.Tensor2D;
