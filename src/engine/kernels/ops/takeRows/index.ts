// Gathers the rows of a batch from a table on the same device, so that a step only needs the position where its row numbers
// begin. Values are data and need no gradient.
// Shapes: N rows of the table, T tasks, c categorical and n numeric columns.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface TakeRowsAttributes {
  /** Rows of the batch. */
  rows: number;
  /** Position in the order where their numbers begin. */
  first: number;
  /** The same at another step. */
  firstAt: () => number;
  /** Which columns exist besides the targets; they follow in this order. */
  categorical: boolean;
  numeric: boolean;
}

/** A row-major table, and an order of its rows. Columns of an absent kind have size 0. */
export interface Table {
  /** Row numbers; only those of the batch are read. */
  order: tf.Tensor1D;
  /** [T, N] */
  targets: tf.Tensor2D;
  /** [N, c] int32 */
  categorical: tf.Tensor2D;
  /** [N, n] */
  numeric: tf.Tensor2D;
}

export const takeRowsKernel = defineKernel<TakeRowsAttributes>({
  name: 'TakeRows',
  reference([order, targets, ...columns], { first, rows }) {
    const numbers = tf.slice(order as tf.Tensor1D, first, rows);
    return [
      tf.gather(targets as tf.Tensor2D, numbers, 1),
      ...columns.map((column) => tf.gather(column as tf.Tensor2D, numbers)),
    ];
  },
});

/**
 * @param rows - of the batch
 * @param first - position in `order` where their numbers begin
 * @param firstAt - the position for another step, when a recorded step is replayed
 * @returns bitwise copies: targets [T, rows], categorical [rows, c], numeric [rows, n]
 * @throws WorkbenchError (shape)
 */
export function takeRows(
  { order, targets, categorical, numeric }: Table,
  rows: number,
  first: number,
  firstAt: () => number = () => first,
): Omit<Table, 'order'> {
  const total = targets.shape[1];
  const heights = [categorical, numeric].filter((t) => t.size > 0).map((t) => t.shape[0]);
  requireShape(
    'takeRows: rows of the columns',
    heights,
    heights.map(() => total),
    'One value per row.',
  );
  if (first + rows > order.size || first < 0 || rows < 1)
    requireShape('takeRows: order', [order.size], [first + rows], 'The batch must lie within the order.');
  const present = [categorical, numeric].map((t) => t.size > 0) as [boolean, boolean];
  const inputs = [order, targets, ...[categorical, numeric].filter((t) => t.size > 0)];
  const [taken, ...columns] = takeRowsKernel.run(inputs, {
    rows,
    first,
    firstAt,
    categorical: present[0],
    numeric: present[1],
  });
  const next = (isThere: boolean, dtype: 'int32' | 'float32') =>
    (isThere ? columns.shift() : tf.tensor2d([], [rows, 0], dtype)) as tf.Tensor2D;
  return {
    targets: taken as tf.Tensor2D,
    categorical: next(present[0], 'int32'),
    numeric: next(present[1], 'float32'),
  };
}
