// Selects equally wide groups of columns of a matrix, in any order and with repeats: the task tokens of a row, the states that
// a tower reads. One kernel instead of a slice per group, whose gradients would each be padded and added.
// Shapes: N rows, `total` groups of `width` columns.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface SlotAttributes {
  /** The groups taken, each from 0 to total - 1. */
  slots: readonly number[];
  /** Number of groups. */
  total: number;
}

/** Inputs: x [N, total * width]. Outputs: [N, slots * width]. */
export const takeSlotsKernel = defineKernel<SlotAttributes>({
  name: 'TakeSlots',
  reference([x], { slots, total }) {
    const [rows, columns] = (x as tf.Tensor).shape as [number, number];
    const width = columns / total;
    const apart = tf.reshape(x as tf.Tensor, [rows, total, width]);
    const taken = isRun(slots)
      ? tf.slice(apart, [0, slots[0] ?? 0, 0], [rows, slots.length, width])
      : tf.gather(apart, tf.tensor1d([...slots], 'int32'), 1);
    return [tf.reshape(taken, [rows, slots.length * width])];
  },
  gradient: ([dy], _inputs, _outputs, attributes) =>
    takeSlotsGradientKernel.run([dy as tf.Tensor], attributes),
});

/** Inputs: dy [N, slots * width]. Outputs: [N, total * width]; a group selected twice gets the sum, an unselected one 0. */
export const takeSlotsGradientKernel = defineKernel<SlotAttributes>({
  name: 'TakeSlotsGradient',
  reference([dy], { slots, total }) {
    const [rows, columns] = (dy as tf.Tensor).shape as [number, number];
    const width = columns / slots.length;
    const apart = tf.reshape(dy as tf.Tensor, [rows, slots.length, width]) as tf.Tensor3D;
    if (isRun(slots)) {
      const before = slots[0] ?? 0;
      const padded = tf.pad3d(apart, [
        [0, 0],
        [before, total - before - slots.length],
        [0, 0],
      ]);
      return [tf.reshape(padded, [rows, total * width])];
    }
    // A product with the 0/1 matrix [total, slots] adds up in a fixed order on every backend.
    const places = new Float32Array(total * slots.length);
    slots.forEach((slot, i) => {
      places[slot * slots.length + i] = 1;
    });
    const bySlot = tf.reshape(tf.transpose(apart, [1, 0, 2]), [slots.length, rows * width]);
    const added = tf.reshape(tf.matMul(tf.tensor2d(places, [total, slots.length]), bySlot as tf.Tensor2D), [
      total,
      rows,
      width,
    ]);
    return [tf.reshape(tf.transpose(added, [1, 0, 2]), [rows, total * width])];
  },
});

const isRun = (slots: readonly number[]) => slots.every((slot, i) => slot === (slots[0] as number) + i);

/**
 * @param x - [N, total * width]
 * @param slots - groups of columns
 * @returns [N, slots * width]
 * @throws WorkbenchError (shape)
 */
export function takeSlots(x: tf.Tensor2D, slots: readonly number[], total: number): tf.Tensor2D {
  requireShape('takeSlots: columns modulo groups', [x.shape[1] % total], [0], 'All groups are equally wide.');
  const outside = slots.filter((s) => !Number.isInteger(s) || s < 0 || s >= total);
  if (outside.length > 0 || slots.length === 0)
    requireShape(
      'takeSlots: slots',
      slots,
      slots.map(() => total - 1),
      `Take at least one of 0 to ${total - 1}.`,
    );
  return takeSlotsKernel.run([x], { slots, total })[0] as tf.Tensor2D;
}
