// Ranking by logits in float64. Probabilities saturate: beyond ±37 they tie at 0 and 1 though the logits differ, so
// nothing here goes through them (golden/auroc.json).
import { defined, ONE_CLASS, undefinedBecause } from './metricValue.ts';
import type { MetricValue } from './task.ts';

/** Per row, at least 0; null = 1 each. A row of weight 0 counts as absent. */
export type Weights = ArrayLike<number> | null;

export const weightOf = (weights: Weights, row: number): number =>
  weights === null ? 1 : (weights[row] as number);

/**
 * Area under the ROC curve = (weight of concordant pairs + half that of tied ones) / weight of all pairs of a positive and
 * a negative row; the weight of a pair is the product. Infinite scores have their place; NaN has none.
 * @param scores - [N], larger = more likely positive
 * @param isPositive - per row
 */
export function auroc(
  scores: ArrayLike<number>,
  isPositive: (row: number) => boolean,
  weights: Weights = null,
): MetricValue {
  if (weights === null) return aurocOfCounts(scores, isPositive);
  const rows = Uint32Array.from({ length: scores.length }, (_, i) => i).filter(
    (i) => weightOf(weights, i) > 0,
  );
  const unranked = rows.reduce((count, i) => count + (Number.isNaN(scores[i]) ? 1 : 0), 0);
  if (unranked > 0) return undefinedBecause(`${unranked} of ${rows.length} scores are not a number`);
  const order = rows.sort((a, b) => {
    const [x, y] = [scores[a] as number, scores[b] as number];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  let [positives, negatives, concordant] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start] as number];
    let [tiedPositives, tiedNegatives, end] = [0, 0, start];
    for (; end < order.length && scores[order[end] as number] === score; end++) {
      const row = order[end] as number;
      if (isPositive(row)) tiedPositives += weightOf(weights, row);
      else tiedNegatives += weightOf(weights, row);
    }
    concordant += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    start = end;
  }
  if (positives === 0 || negatives === 0) return undefinedBecause(ONE_CLASS);
  return defined(concordant / (positives * negatives));
}

/** `auroc` of rows that weigh 1 each: numbers sort without a function, which takes a fraction of the time. */
function aurocOfCounts(scores: ArrayLike<number>, isPositive: (row: number) => boolean): MetricValue {
  const n = scores.length;
  let [numPositive, unranked] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (isPositive(i)) numPositive++;
    if (Number.isNaN(scores[i])) unranked++;
  }
  if (unranked > 0) return undefinedBecause(`${unranked} of ${n} scores are not a number`);
  if (numPositive === 0 || numPositive === n) return undefinedBecause(ONE_CLASS);
  const positive = new Float64Array(numPositive);
  const negative = new Float64Array(n - numPositive);
  for (let i = 0, p = 0, q = 0; i < n; i++) {
    if (isPositive(i)) positive[p++] = scores[i] as number;
    else negative[q++] = scores[i] as number;
  }
  positive.sort();
  negative.sort();
  let [concordant, below] = [0, 0];
  for (let p = 0; p < numPositive; ) {
    const score = positive[p] as number;
    let [tiedPositives, tiedNegatives] = [0, 0];
    for (; p < numPositive && positive[p] === score; p++) tiedPositives++;
    while (below < negative.length && (negative[below] as number) < score) below++;
    while (below + tiedNegatives < negative.length && negative[below + tiedNegatives] === score)
      tiedNegatives++;
    concordant += tiedPositives * (below + tiedNegatives / 2);
  }
  return defined(concordant / (numPositive * negative.length));
}

/** log(1 + e^x) without overflow: the loss of a row whose logit for its own class is -x. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Log-odds of every class, `z_c - log(sum of e^z over the other classes)`. Increases with the softmax probability, and does
 * not saturate; `rankingScores` ranks by it. NaN where that probability is none: of two
 * logits of +infinity, or with nothing but -infinity.
 * @param logits - row-major [N, classes]
 * @returns row-major [N, classes]
 */
export function logOdds(logits: ArrayLike<number>, classes: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    for (let c = 0; c < classes; c++) {
      const { max, log } = sumOfOthers(logits, start, classes, c);
      // In this order: added to a large logit, the logarithm of a sum of several would be lost in its last digits.
      out[start + c] = (logits[start + c] as number) - max - log;
    }
  }
  return out;
}

/** With more classes, sorting them takes longer than the rest, and rows that differ in their order alone are rare. */
const MOST_SORTED = 8;

/**
 * Log-odds of one class for ranking: from the differences `z_k - z_c`, which float64 holds exactly for float32 logits of one
 * size, and summed in their order. So rows whose log-odds are equal on paper tie: where a constant is added to all logits, or
 * those of the other classes are exchanged. NaN as in `logOdds`.
 * @param logits - row-major [N, classes]
 * @returns [N]
 */
export function rankingScores(logits: ArrayLike<number>, classes: number, own: number): Float64Array {
  const rows = logits.length / classes;
  const others = new Float64Array(classes - 1);
  const isSummedInOrder = classes <= MOST_SORTED;
  return Float64Array.from({ length: rows }, (_, row) => {
    const start = row * classes;
    const z = logits[start + own] as number;
    if (z === Number.NEGATIVE_INFINITY) return z - logSumOfOthers(logits, start, classes, own);
    for (let c = 0, filled = 0; c < classes; c++) {
      if (c === own) continue;
      const difference = (logits[start + c] as number) - z;
      let at = filled++;
      if (isSummedInOrder)
        for (; at > 0 && (others[at - 1] as number) > difference; at--) others[at] = others[at - 1] as number;
      others[at] = difference;
    }
    return -logSumOfOthers(others, 0, classes - 1, -1);
  });
}

/**
 * The sum of e^z over the classes as e^max e^log.
 * @param left - the class that is left out, or -1
 */
function sumOfOthers(
  logits: ArrayLike<number>,
  start: number,
  classes: number,
  left: number,
): { max: number; log: number } {
  let max = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) if (c !== left) max = Math.max(max, logits[start + c] as number);
  if (!Number.isFinite(max)) return { max, log: 0 };
  let sum = 0;
  for (let c = 0; c < classes; c++) if (c !== left) sum += Math.exp((logits[start + c] as number) - max);
  return { max, log: Math.log(sum) };
}

function logSumOfOthers(logits: ArrayLike<number>, start: number, classes: number, left: number): number {
  const { max, log } = sumOfOthers(logits, start, classes, left);
  return max + log;
}
