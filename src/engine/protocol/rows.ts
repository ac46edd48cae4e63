// One value of one row of a batch is changed: the request, and which predictions moved.
import type { TaskMeta } from '../data/table.ts';
import type { ProofReport } from './masks.ts';

/** One value of one row of the batch is changed; who notices? */
export interface NeighbourRequest {
  /** Position among the first `ATTENTION_ROWS` validation rows. */
  row: number;
  /** Position among the features. */
  feature: number;
  /** What the value becomes: a code, or a number in standard deviations from the mean of the training rows. */
  value: number;
}

/** How a batch passes the network: as predictions are made, or with batch norm taking the statistics of the batch as in training (dropout off). */
export const BATCH_MODES = ['evaluation', 'batch-statistics'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

export interface NeighbourReport {
  request: NeighbourRequest;
  /** Rows of the batch. */
  rows: number;
  /** What the value was. */
  from: number;
  tasks: TaskMeta[];
  /** Per mode, the outputs of all tasks side by side (standardised value or logit), [rows, sum of outputs]. */
  outputs: Record<BatchMode, { before: Float32Array; after: Float32Array }>;
  /** Per mode, how the first row varies with its company; null where the proof says so already (networks with tokens). */
  companions: Record<BatchMode, ProofReport['companions']> | null;
}
