// The best split of one node, read off its histogram: thresholds of numeric features, subsets of categories, and
// the side that missing values take.
import type { BinnedTable } from './bins.ts';
import { CELL } from './histogram.ts';

/** Limits on a split, shared by all nodes of a tree. */
export interface SplitLimits {
  minRowsPerLeaf: number;
  /** Least sum of hessians on either side. */
  minChildWeight: number;
  /** Weight of the squared leaf value in the objective (lambda). */
  l2: number;
}

/** Sums over the rows of a node. */
export interface NodeSums {
  gradient: number;
  hessian: number;
  rows: number;
}

export interface SplitChoice {
  feature: number;
  /** Numeric: the last bin that goes left. Categorical: -1. */
  bin: number;
  /** Categorical: the bins that go left. */
  leftBins: number[] | null;
  /** Categorical: the bins that go right. */
  rightBins: number[] | null;
  /** The side of missing values, and of categories unknown to this node. */
  missingLeft: boolean;
  /** Decrease of the regularised loss, summed over rows. */
  gain: number;
  left: NodeSums;
  right: NodeSums;
}

/** Below this a decrease of the loss is rounding. */
const MIN_GAIN = 1e-9;
/** Rows below which a category's own sums say too little; it then goes with the missing values (scikit-learn: 10). */
const MIN_ROWS_PER_CATEGORY = 10;
/** Added to a category's weight, in rows, when categories are ordered (LightGBM `cat_smooth`, scikit-learn: 10). */
const CATEGORY_SMOOTHING = 10;

/** Decrease of the loss by giving `sums` its own leaf: G^2 / (2 (H + lambda)), Chen and Guestrin 2016, Eq. 6. */
export function leafScore(gradient: number, hessian: number, l2: number): number {
  const weight = hessian + l2;
  return weight > 0 ? (0.5 * gradient * gradient) / weight : 0;
}

class Best {
  choice: SplitChoice | null = null;
  private readonly total: NodeSums;
  private readonly parentScore: number;
  private readonly limits: SplitLimits;

  constructor(total: NodeSums, limits: SplitLimits) {
    this.total = total;
    this.limits = limits;
    this.parentScore = leafScore(total.gradient, total.hessian, limits.l2);
  }

  /** Gain of a split by the sums of its left side (Chen and Guestrin 2016, Eq. 7, gamma 0); -1 when not allowed. */
  gain(gradient: number, hessian: number, rows: number): number {
    const { total, limits } = this;
    const rightHessian = total.hessian - hessian;
    if (rows < limits.minRowsPerLeaf || total.rows - rows < limits.minRowsPerLeaf) return -1;
    if (hessian < limits.minChildWeight || rightHessian < limits.minChildWeight) return -1;
    return (
      leafScore(gradient, hessian, limits.l2) +
      leafScore(total.gradient - gradient, rightHessian, limits.l2) -
      this.parentScore
    );
  }

  /** True when a split of this gain would replace the best one so far. */
  beats(gain: number): boolean {
    return gain > Math.max(MIN_GAIN, this.choice?.gain ?? 0);
  }

  set(split: Omit<SplitChoice, 'left' | 'right'>, left: NodeSums): void {
    const right = {
      gradient: this.total.gradient - left.gradient,
      hessian: this.total.hessian - left.hessian,
      rows: this.total.rows - left.rows,
    };
    this.choice = { ...split, left, right };
  }
}

/**
 * The split with the largest gain over `features`, or null when none is allowed or gains anything. Ties go to the
 * earlier feature and the lower bin.
 * @param histogram - [cells, 3]
 */
export function findSplit(
  table: BinnedTable,
  histogram: Float64Array,
  total: NodeSums,
  features: readonly number[],
  limits: SplitLimits,
): SplitChoice | null {
  const best = new Best(total, limits);
  for (const f of features) {
    const { kind, numBins } = table.features[f]!;
    const from = table.offsets[f]! * CELL;
    const scan = kind === 'numeric' ? scanThresholds : scanCategories;
    scan(best, histogram.subarray(from, from + (numBins + 1) * CELL), f, total);
  }
  return best.choice;
}

function scanThresholds(best: Best, cells: Float64Array, feature: number, total: NodeSums): void {
  const missing = cells.length - CELL;
  const missingRows = cells[missing + 2]!;
  // Without missing rows in the node the side is not learned: they would follow the larger child.
  for (const missingLeft of missingRows > 0 ? [false, true] : [false]) {
    let gradient = missingLeft ? cells[missing]! : 0;
    let hessian = missingLeft ? cells[missing + 1]! : 0;
    let rows = missingLeft ? missingRows : 0;
    // The last bin may only be an upper bound when missing values are what is left on the other side.
    const end = missingRows > 0 && !missingLeft ? missing : missing - CELL;
    for (let cell = 0; cell < end; cell += CELL) {
      if (cells[cell + 2] === 0) continue;
      gradient += cells[cell]!;
      hessian += cells[cell + 1]!;
      rows += cells[cell + 2]!;
      const gain = best.gain(gradient, hessian, rows);
      if (!best.beats(gain)) continue;
      const side = missingRows > 0 ? missingLeft : 2 * rows > total.rows;
      const split = { feature, bin: cell / CELL, leftBins: null, rightBins: null, missingLeft: side, gain };
      best.set(split, { gradient, hessian, rows });
    }
  }
}

/**
 * Subsets of categories: of all of them the best one is a prefix when categories are ordered by gradient over
 * hessian (Fisher 1958), so sorting is enough. Rare categories join the missing ones, whose side is learned.
 */
function scanCategories(best: Best, cells: Float64Array, feature: number, total: NodeSums): void {
  const numBins = cells.length / CELL - 1;
  const smoothing = (CATEGORY_SMOOTHING * total.hessian) / total.rows;
  const order: number[] = [];
  const rest: NodeSums = { gradient: 0, hessian: 0, rows: 0 };
  const keys = new Float64Array(numBins);
  for (let bin = 0; bin <= numBins; bin++) {
    const gradient = cells[bin * CELL]!;
    const hessian = cells[bin * CELL + 1]!;
    const rows = cells[bin * CELL + 2]!;
    if (bin < numBins && rows >= MIN_ROWS_PER_CATEGORY) {
      keys[bin] = gradient / (hessian + smoothing);
      order.push(bin);
    } else {
      rest.gradient += gradient;
      rest.hessian += hessian;
      rest.rows += rows;
    }
  }
  order.sort((a, b) => keys[a]! - keys[b]! || a - b);
  for (const missingLeft of rest.rows > 0 ? [false, true] : [false]) {
    let { gradient, hessian, rows } = missingLeft ? rest : { gradient: 0, hessian: 0, rows: 0 };
    const end = rest.rows > 0 && !missingLeft ? order.length : order.length - 1;
    for (let i = 0; i < end; i++) {
      const cell = order[i]! * CELL;
      gradient += cells[cell]!;
      hessian += cells[cell + 1]!;
      rows += cells[cell + 2]!;
      const gain = best.gain(gradient, hessian, rows);
      if (!best.beats(gain)) continue;
      const side = rest.rows > 0 ? missingLeft : 2 * rows > total.rows;
      const leftBins = order.slice(0, i + 1);
      const rightBins = order.slice(i + 1);
      const split = { feature, bin: -1, leftBins, rightBins, missingLeft: side, gain };
      best.set(split, { gradient, hessian, rows });
    }
  }
}
