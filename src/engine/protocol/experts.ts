// What gates and experts do on validation rows, and the anomalies found there.
import type { ExpertLabel } from '../layers/forward.ts';

/** Expert use is measured on this many validation rows: the first ones. */
export const EXPERT_ROWS = 256;

/** What one gate does over the rows. */
export interface GateUse {
  /** Stable, e.g. `layer0/task/y1` or `layer0/shared`. */
  key: string;
  /** Name of the task, or what else the gate feeds: "shared", "group 1". */
  label: string;
  /** Index of the task it feeds, or null when it feeds several. */
  task: number | null;
  /** The experts it weights, as increasing indices into those of the layer. */
  experts: number[];
  /** Softmax weights, row-major [rows, experts of the gate]; each row sums to 1. */
  weights: Float32Array;
  /**
   * Of a sparse gate, per expert: share of the rows that keep it. The weights of the others are exactly 0 and not small.
   */
  chosen?: Float32Array;
  /** Mean over the rows, per expert of the gate. */
  mean: Float32Array;
  /** Mean over the rows of the entropy of a row's weights, divided by ln(experts): 0 = one expert, 1 = all evenly. */
  entropy: number;
}

export interface ExpertLayer {
  layer: number;
  label: string;
  experts: ExpertLabel[];
  /** Per expert: share of exact zeros in its output over the rows it gets and units; NaN where it gets none. */
  zeroShare: Float32Array;
  /** Per expert: mean weight it gets from the gates that may use it. */
  utilisation: Float32Array;
  /** Gates of tasks first, in the order of the tasks. */
  gates: GateUse[];
  /** Cosine of the mean gate weights of two tasks over the experts of the layer, row-major [T, T]; null for fewer than two. */
  similarity: Float32Array | null;
}

/** Expert anomalies of Wang et al. 2024 (HoME, arXiv 2408.05430, section 1), with the bounds used here. */
export interface ExpertAnomaly {
  kind: 'collapse' | 'degradation' | 'underfitting';
  layer: number;
  /** Index into the experts of the layer, or null (underfitting). */
  expert: number | null;
  /** Index of the task at fault, or null (collapse). */
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
