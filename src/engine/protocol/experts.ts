// What gates and experts do on validation rows, and the anomalies found there.
import type { ExpertLabel } from '../layers/forward.ts';

/** Number of validation rows on which expert use is measured: the first ones. */
export const EXPERT_ROWS = 256;

/** The weights of one gate over the rows. */
export interface GateUse {
  /** Stable, e.g. `layer0/task/y1` or `layer0/shared`. */
  key: string;
  /** Name of the task that it feeds, or else "shared", "group 1". */
  label: string;
  /** Index of the task that it feeds, or null if it feeds several. */
  task: number | null;
  /** The experts that it weights, as increasing indices into the layer's experts. */
  experts: number[];
  /** Softmax weights, row-major [rows, experts of the gate]; each row sums to 1. */
  weights: Float32Array;
  /** For sparse gates, per expert: share of the rows that keep it. The other weights are exactly 0. */
  chosen?: Float32Array;
  /** Mean over the rows, per expert of the gate. */
  mean: Float32Array;
  /** Mean over the rows of the entropy of a row's weights, divided by ln(experts): 0 = one expert, 1 = uniform. */
  entropy: number;
}

export interface ExpertLayer {
  layer: number;
  label: string;
  experts: ExpertLabel[];
  /** Per expert: share of exact zeros in its outputs, over units and the rows that it gets; NaN if it gets none. */
  zeroShare: Float32Array;
  /** Per expert: mean weight from the gates that may use it. */
  utilisation: Float32Array;
  /** Gates of tasks first, in task order. */
  gates: GateUse[];
  /**
   * Cosine of the mean gate weights of two tasks over the layer's experts, row-major [T, T]; null for fewer than two tasks.
   */
  similarity: Float32Array | null;
}

/** Expert anomalies of Wang et al. 2024 (HoME, arXiv 2408.05430, section 1), with the limits used here. */
export interface ExpertAnomaly {
  kind: 'collapse' | 'degradation' | 'underfitting';
  layer: number;
  /** Index into the layer's experts, or null (underfitting). */
  expert: number | null;
  /** Index of the task responsible, or null (collapse). */
  task: number | null;
  value: number;
  limit: number;
  /** One sentence with names and numbers. */
  text: string;
}

/** Definitions of the anomalies, for captions. */
export interface AnomalyDefinition {
  kind: ExpertAnomaly['kind'];
  label: string;
  definition: string;
  /** In the unit of `ExpertAnomaly.value`. */
  limit: number;
}
