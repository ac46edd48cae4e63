// Finds the best split of a node from its histogram: thresholds of numeric features, subsets of categories, and the side of
// missing values.
import type { BinnedTable } from './bins.ts';
import { CELL } from './histogram.ts';

/** Limits on splits, the same for all nodes of a tree. */
export interface SplitLimits {
  minRowsPerLeaf: number;
  /** Minimum sum of hessians on either side. */
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

/** A smaller decrease of the loss counts as rounding. */
const MIN_GAIN = 1e-9;
/** A category with fewer rows goes with the missing values, because its own sums are unreliable (scikit-learn: 10). */
const MIN_ROWS_PER_CATEGORY = 10;
/** Added to a category's weight, in rows, for ordering categories (LightGBM `cat_smooth`, scikit-learn: 10). */
const CATEGORY_SMOOTHING = 10;

/** Decrease of the loss if `sums` gets its own leaf: G^2 / (2 (H + lambda)), Chen and Guestrin 2016, Eq. 6. */
export function leafScore(gradient: number, hessian: number, l2: number): number {
  const weight = hessian + l2;
  return weight > 0 ? (0.5 * gradient * gradient) / weight : 0;
}

/** The best split so far as plain numbers: a node has thousands of possible splits, and only one of them becomes an object. */
interface Best {
  gain: number;
  feature: number;
  /** The last cell of the scan that goes left. */
  position: number;
  missingLeft: boolean;
  /** Categorical: the bins of the scanned cells. */
  order: number[] | null;
  gradient: number;
  hessian: number;
  rows: number;
}

/**
 * The split with the largest gain over `features` (Chen and Guestrin 2016, Eq. 7, gamma 0), or null if none is allowed or has a
 * gain. Ties go to the earlier feature and the lower bin.
 * @param histogram - [cells, 3]
 */
export function findSplit(
  table: BinnedTable,
  histogram: Float64Array,
  total: NodeSums,
  features: readonly number[],
  limits: SplitLimits,
): SplitChoice | null {
  const best: Best = {
    gain: MIN_GAIN,
    feature: -1,
    position: 0,
    missingLeft: false,
    order: null,
    gradient: 0,
    hessian: 0,
    rows: 0,
  };
  for (const f of features) {
    const { kind, numBins } = table.features[f]!;
    let from = table.offsets[f]! * CELL;
    let cells = histogram;
    let order: number[] | null = null;
    if (kind === 'categorical') {
      ({ cells, order } = orderCategories(histogram, from, numBins, total));
      from = 0;
    }
    const missing = from + (order?.length ?? numBins) * CELL;
    for (const missingLeft of cells[missing + 2]! > 0 ? [false, true] : [false]) {
      if (scan(best, cells, from, missing, missingLeft, total, limits)) {
        best.feature = f;
        best.order = order;
      }
    }
  }
  return best.feature < 0 ? null : choiceOf(best, total);
}

/**
 * Tries every prefix of the cells as the left side. If the node has no missing rows, their side cannot be learned and they
 * follow the larger child.
 * @param missing - the cell of missing values, after the last value cell
 * @returns whether `best` was replaced
 */
function scan(
  best: Best,
  cells: Float64Array,
  from: number,
  missing: number,
  missingLeft: boolean,
  total: NodeSums,
  limits: SplitLimits,
): boolean {
  const { minRowsPerLeaf, minChildWeight, l2 } = limits;
  const missingRows = cells[missing + 2]!;
  const parentScore = leafScore(total.gradient, total.hessian, l2);
  let gradient = missingLeft ? cells[missing]! : 0;
  let hessian = missingLeft ? cells[missing + 1]! : 0;
  let rows = missingLeft ? missingRows : 0;
  // All values may go left only if missing ones remain for the right side.
  const end = missingRows > 0 && !missingLeft ? missing : missing - CELL;
  let found = false;
  for (let cell = from; cell < end; cell += CELL) {
    const here = cells[cell + 2]!;
    if (here === 0) continue;
    gradient += cells[cell]!;
    hessian += cells[cell + 1]!;
    rows += here;
    if (rows < minRowsPerLeaf || hessian < minChildWeight) continue;
    const rightHessian = total.hessian - hessian;
    if (total.rows - rows < minRowsPerLeaf || rightHessian < minChildWeight) break;
    const gain =
      leafScore(gradient, hessian, l2) + leafScore(total.gradient - gradient, rightHessian, l2) - parentScore;
    if (gain <= best.gain) continue;
    found = true;
    best.gain = gain;
    best.position = (cell - from) / CELL;
    best.missingLeft = missingRows > 0 ? missingLeft : 2 * rows > total.rows;
    best.gradient = gradient;
    best.hessian = hessian;
    best.rows = rows;
  }
  return found;
}

function choiceOf(best: Best, total: NodeSums): SplitChoice {
  const { feature, position, missingLeft, order, gain, gradient, hessian, rows } = best;
  return {
    feature,
    bin: order ? -1 : position,
    leftBins: order ? order.slice(0, position + 1) : null,
    rightBins: order ? order.slice(position + 1) : null,
    missingLeft,
    gain,
    left: { gradient, hessian, rows },
    right: {
      gradient: total.gradient - gradient,
      hessian: total.hessian - hessian,
      rows: total.rows - rows,
    },
  };
}

/**
 * The cells of the frequent categories ordered by gradient over hessian: the best subset is a prefix of this order (Fisher
 * 1958). Rare categories join the missing ones in the cell after the last.
 */
function orderCategories(
  histogram: Float64Array,
  from: number,
  numBins: number,
  total: NodeSums,
): { cells: Float64Array; order: number[] } {
  const smoothing = (CATEGORY_SMOOTHING * total.hessian) / total.rows;
  const key = (bin: number) =>
    histogram[from + bin * CELL]! / (histogram[from + bin * CELL + 1]! + smoothing);
  const order: number[] = [];
  const rest: number[] = [numBins];
  for (let bin = 0; bin < numBins; bin++) {
    (histogram[from + bin * CELL + 2]! >= MIN_ROWS_PER_CATEGORY ? order : rest).push(bin);
  }
  const keys = Float64Array.from({ length: numBins }, (_, bin) => key(bin));
  order.sort((a, b) => keys[a]! - keys[b]! || a - b);
  const cells = new Float64Array((order.length + 1) * CELL);
  const add = (bin: number, to: number) => {
    for (let i = 0; i < CELL; i++) cells[to + i] = cells[to + i]! + histogram[from + bin * CELL + i]!;
  };
  for (const [i, bin] of order.entries()) add(bin, i * CELL);
  for (const bin of rest) add(bin, order.length * CELL);
  return { cells, order };
}
