// The interface of a task type: loss, metrics, and the direction of each. Losses use tensors (tfjs-core), metrics plain arrays,
// so that metrics are exact and testable without a backend.
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TaskTypeEntry } from '../config/catalog.ts';
import type { Standardisation } from '../data/table.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';

export interface MetricValue {
  /** NaN if undefined; `reason` then says why. */
  value: number;
  reason?: string;
}

export type MetricValues = Record<string, MetricValue>;

export interface TaskType extends TaskTypeEntry {
  /** Kind of loss, because the losses of all tasks are computed by one kernel. */
  lossKind: LossKind;
  /**
   * Mean loss of a batch, as in golden/README "Losses".
   * @param logits - [B, outputs], raw outputs
   * @param targets - [B], standardised value, 0/1 or class index, float32
   */
  loss(logits: Tensor2D, targets: Tensor1D): Scalar;
  /**
   * All metrics of a split.
   * @param logits - row-major [N, outputs]
   * @param targets - [N]
   * @param scaling - undoes the standardisation of regression targets, so that metrics are in label units
   */
  evaluate(
    logits: Float32Array,
    targets: Float32Array,
    outputs: number,
    scaling: Standardisation | null,
  ): MetricValues;
}
