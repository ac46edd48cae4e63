// One value of one row in a batch is changed: the request, and which predictions changed.
import type { TaskMeta } from '../data/table.ts';
import type { MaskTestReport } from './masks.ts';

/** Changes one value of one row in the batch. */
export interface RowPerturbationRequest {
  /** Position among the first `ATTENTION_ROWS` validation rows. */
  row: number;
  /** Position among the features. */
  feature: number;
  /** The new value: a code, or a number in standard deviations from the mean of the training rows. */
  value: number;
}

/**
 * How a batch passes the network: in evaluation mode, or with batch norm using the statistics of the batch as in training
 * (dropout off).
 */
export const BATCH_MODES = ['evaluation', 'batch-statistics'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

export interface RowPerturbationReport {
  request: RowPerturbationRequest;
  /** Number of rows in the batch. */
  rows: number;
  /** The original value. */
  from: number;
  tasks: TaskMeta[];
  /** Per mode, the outputs of all tasks side by side (standardised value or logit), [rows, sum of outputs]. */
  outputs: Record<BatchMode, { before: Float32Array; after: Float32Array }>;
  /**
   * Per mode, how the first row varies with its companions; null if the mask tests report it already (networks with tokens).
   */
  companions: Record<BatchMode, MaskTestReport['companions']> | null;
}
