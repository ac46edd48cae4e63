// The three losses that boosters minimise: start value, and first two derivatives per row and output.
import type { TaskMeta } from '../data/table.ts';

export interface Objective {
  outputs: number;
  /** Whether the second derivative is 1 everywhere, so that hessians need not be summed. */
  unitHessian: boolean;
  /** The constant that minimises the loss over `rows`, one per output. */
  initial(target: Float32Array, rows: Uint32Array): Float32Array;
  /**
   * Derivatives of the loss of each row.
   * @param scores - [all rows, outputs]
   * @param gradients - per output, [all rows]; only `rows` are written
   * @param hessians - per output, [all rows]; not written if `unitHessian`
   * @returns sum of squared gradients over rows and outputs
   */
  derivatives(
    scores: Float32Array,
    target: Float32Array,
    rows: Uint32Array,
    gradients: Float32Array[],
    hessians: Float32Array[],
  ): number;
  /**
   * Mean loss over `rows` as reported: squared error (twice the loss of the derivatives), or cross-entropy in nats; 0 without
   * rows.
   */
  loss(scores: Float32Array, target: Float32Array, rows: Uint32Array): number;
}

/** Lower limit of initial probabilities, so that a class without training rows has a finite logit. */
const LEAST_SHARE = 1e-6;
/** Minimum second derivative: confidently predicted rows keep a weight above 0 (as in XGBoost). */
const LEAST_HESSIAN = 1e-16;

export const squaredError: Objective = {
  outputs: 1,
  unitHessian: true,
  initial(target, rows) {
    let sum = 0;
    for (const row of rows) sum += target[row]!;
    return Float32Array.of(rows.length > 0 ? sum / rows.length : 0);
  },
  derivatives(scores, target, rows, gradients) {
    const gradient = gradients[0]!;
    let squares = 0;
    for (const row of rows) {
      const g = scores[row]! - target[row]!;
      gradient[row] = g;
      squares += g * g;
    }
    return squares;
  },
  loss(scores, target, rows) {
    let sum = 0;
    for (const row of rows) sum += (scores[row]! - target[row]!) ** 2;
    return rows.length > 0 ? sum / rows.length : 0;
  },
};

/** 1 / (1 + exp(-x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

export const logistic: Objective = {
  outputs: 1,
  unitHessian: false,
  initial(target, rows) {
    let positive = 0;
    for (const row of rows) positive += target[row]!;
    const share = rows.length > 0 ? positive / rows.length : 0.5;
    const kept = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
    return Float32Array.of(Math.log(kept / (1 - kept)));
  },
  derivatives(scores, target, rows, gradients, hessians) {
    const gradient = gradients[0]!;
    const hessian = hessians[0]!;
    let squares = 0;
    for (const row of rows) {
      const p = sigmoid(scores[row]!);
      const g = p - target[row]!;
      gradient[row] = g;
      hessian[row] = Math.max(LEAST_HESSIAN, p * (1 - p));
      squares += g * g;
    }
    return squares;
  },
  loss(scores, target, rows) {
    let sum = 0;
    for (const row of rows) {
      const x = scores[row]!;
      sum += Math.max(x, 0) - x * target[row]! + Math.log1p(Math.exp(-Math.abs(x)));
    }
    return rows.length > 0 ? sum / rows.length : 0;
  },
};

/** Softmax cross-entropy over `classes` logits, with the diagonal p (1 - p) of its second derivative. */
export function softmax(classes: number): Objective {
  const p = new Float64Array(classes);
  /** Fills `p` for one row; returns the log of the normaliser. */
  const probabilities = (scores: Float32Array, row: number): number => {
    const at = row * classes;
    let max = -Infinity;
    for (let k = 0; k < classes; k++) max = Math.max(max, scores[at + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      p[k] = Math.exp(scores[at + k]! - max);
      sum += p[k]!;
    }
    for (let k = 0; k < classes; k++) p[k] = p[k]! / sum;
    return max + Math.log(sum);
  };
  return {
    outputs: classes,
    unitHessian: false,
    initial(target, rows) {
      const counts = new Float64Array(classes);
      for (const row of rows) counts[target[row]!] = counts[target[row]!]! + 1;
      return Float32Array.from(counts, (count) =>
        Math.log(Math.max(LEAST_SHARE, count / (rows.length || 1))),
      );
    },
    derivatives(scores, target, rows, gradients, hessians) {
      let squares = 0;
      for (const row of rows) {
        probabilities(scores, row);
        for (let k = 0; k < classes; k++) {
          const g = p[k]! - (target[row] === k ? 1 : 0);
          gradients[k]![row] = g;
          hessians[k]![row] = Math.max(LEAST_HESSIAN, p[k]! * (1 - p[k]!));
          squares += g * g;
        }
      }
      return squares;
    },
    loss(scores, target, rows) {
      let sum = 0;
      for (const row of rows) sum += probabilities(scores, row) - scores[row * classes + target[row]!]!;
      return rows.length > 0 ? sum / rows.length : 0;
    },
  };
}

/** The loss of a task. */
export function objectiveOf(task: TaskMeta): Objective {
  if (task.type === 'regression') return squaredError;
  return task.type === 'binary' ? logistic : softmax(task.outputs);
}
