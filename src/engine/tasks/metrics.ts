// Metrics on plain arrays in float64, with the conventions of scikit-learn stated in golden/metrics.json and, for logits,
// in golden/auroc.json. A metric that has no value is NaN with the reason; nothing is measured on numbers that are none.
import { defined, NO_ROWS, ONE_CLASS, undefinedBecause } from './metricValue.ts';
import { auroc, logOdds, rankingScores, softplus, type Weights, weightOf } from './ranking.ts';
import type { MetricValue } from './task.ts';

/** Why nothing can be measured on these outputs, or null. */
function refusalOf(
  outputs: ArrayLike<number>,
  rows: number,
  weights: Weights,
  isUsable: (value: number) => boolean,
): MetricValue | null {
  const width = outputs.length / rows;
  let [present, unusable] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (!(weightOf(weights, row) > 0)) continue;
    present++;
    for (let k = 0; k < width; k++) {
      if (isUsable(outputs[row * width + k] as number)) continue;
      unusable++;
      break;
    }
  }
  if (present === 0) return undefinedBecause(NO_ROWS);
  return unusable === 0 ? null : undefinedBecause(`${unusable} of ${present} predictions are not finite`);
}

/** Sum of squared deviations from the mean; exactly 0 for equal values, whose mean may be off by rounding. */
function variation(n: number, mean: number, at: (i: number) => number): number {
  let sum = 0;
  let equal = true;
  for (let i = 0; i < n; i++) {
    sum += (at(i) - mean) ** 2;
    equal &&= at(i) === at(0);
  }
  return equal ? 0 : sum;
}

export interface RegressionMetrics {
  explainedVariance: MetricValue;
  r2: MetricValue;
  mse: MetricValue;
  rmse: MetricValue;
  mae: MetricValue;
}

/**
 * explained variance = 1 - Var(y - p) / Var(y); R2 = 1 - sum (y - p)^2 / sum (y - mean)^2. A constant target scores 1
 * when the numerator is 0 too, else 0. Two passes, so that a large mean costs no digits.
 */
export function regressionMetrics(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
): RegressionMetrics {
  const n = targets.length;
  const refused = refusalOf(predictions, n, null, Number.isFinite);
  if (refused) return { explainedVariance: refused, r2: refused, mse: refused, rmse: refused, mae: refused };
  let targetSum = 0;
  let errorSum = 0;
  let squares = 0;
  let absolute = 0;
  const errorOf = (i: number) => (targets[i] as number) - (predictions[i] as number);
  for (let i = 0; i < n; i++) {
    const error = errorOf(i);
    targetSum += targets[i] as number;
    errorSum += error;
    squares += error * error;
    absolute += Math.abs(error);
  }
  const targetVariation = variation(n, targetSum / n, (i) => targets[i] as number);
  const errorVariation = variation(n, errorSum / n, errorOf);
  const score = (numerator: number): MetricValue => {
    if (targetVariation > 0) return defined(1 - numerator / targetVariation);
    const reason = 'the target is constant in this split';
    return { value: numerator === 0 ? 1 : 0, reason };
  };
  return {
    explainedVariance: score(errorVariation),
    r2: n < 2 ? undefinedBecause('R² needs at least 2 rows') : score(squares),
    mse: defined(squares / n),
    rmse: defined(Math.sqrt(squares / n)),
    mae: defined(absolute / n),
  };
}

export interface ClassificationMetrics {
  auroc: MetricValue;
  accuracy: MetricValue;
  f1: MetricValue;
  /** Nats, exact: a confident error costs what it is, infinitely much for an infinite logit. */
  logLoss: MetricValue;
}

/** Infinite logits have a place in a ranking; NaN has none. */
const canBeRanked = (logit: number) => !Number.isNaN(logit);

/** 2 hits / (predicted + actual), as weights of rows; 0 for a class that is neither predicted nor there. */
const f1Of = (hits: number, predicted: number, actual: number) =>
  predicted + actual === 0 ? 0 : (2 * hits) / (predicted + actual);

/**
 * @param logits - [N]; a row is predicted positive above 0
 * @param targets - [N]; 1 = positive. F1 is that of the positive class, 0 when empty
 * @param weights - [N], or null for 1 each
 */
export function binaryMetrics(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  weights: Weights = null,
): ClassificationMetrics {
  const n = targets.length;
  const refused = refusalOf(logits, n, weights, canBeRanked);
  if (refused) return { auroc: refused, accuracy: refused, f1: refused, logLoss: refused };
  let [total, hits, predicted, actual, correct, loss] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weightOf(weights, i);
    if (weight === 0) continue;
    const z = logits[i] as number;
    const isPositive = targets[i] === 1;
    total += weight;
    if (z > 0) predicted += weight;
    if (isPositive) actual += weight;
    if (z > 0 && isPositive) hits += weight;
    if (z > 0 === isPositive) correct += weight;
    loss += weight * softplus(isPositive ? -z : z);
  }
  return {
    auroc: auroc(logits, (row) => targets[row] === 1, weights),
    accuracy: defined(correct / total),
    f1: defined(f1Of(hits, predicted, actual)),
    logLoss: defined(loss / total),
  };
}

export interface MulticlassMetrics extends ClassificationMetrics {
  /** One against the rest, per class. */
  aurocPerClass: MetricValue[];
  f1PerClass: MetricValue[];
  f1Micro: MetricValue;
  f1Weighted: MetricValue;
}

/**
 * AUROC is the macro mean of one-vs-rest, ranked by log-odds, over the classes where it is defined; F1 the macro mean
 * over classes that occur as label or prediction. The predicted class is the first of the largest.
 * @param logits - row-major [N, classes]
 * @param targets - [N], index of the class
 * @param weights - [N], or null for 1 each
 */
export function multiclassMetrics(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes: number,
  weights: Weights = null,
): MulticlassMetrics {
  const n = targets.length;
  const odds = logOdds(logits, classes);
  const classIds = Array.from({ length: classes }, (_, c) => c);
  const refused = refusalOf(logits, n, weights, canBeRanked) ?? refusalOf(odds, n, weights, canBeRanked);
  if (refused)
    return {
      auroc: refused,
      aurocPerClass: classIds.map(() => refused),
      accuracy: refused,
      f1: refused,
      f1PerClass: classIds.map(() => refused),
      f1Micro: refused,
      f1Weighted: refused,
      logLoss: refused,
    };
  const [hits, predicted, actual] = [0, 1, 2].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [total, correct, loss] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weightOf(weights, i);
    if (weight === 0) continue;
    const best = firstLargest(logits, i * classes, classes);
    const label = targets[i] as number;
    total += weight;
    predicted[best] += weight;
    actual[label] += weight;
    if (best === label) {
      hits[best] += weight;
      correct += weight;
    }
    // Cross entropy is the softplus of the negative log-odds of the label.
    loss += weight * softplus(-(odds[i * classes + label] as number));
  }
  const aurocPerClass = classIds.map((c) =>
    auroc(rankingScores(logits, classes, c), (row) => targets[row] === c, weights),
  );
  const f1PerClass = classIds.map((c) =>
    f1Of(hits[c] as number, predicted[c] as number, actual[c] as number),
  );
  const present = classIds.filter((c) => (predicted[c] as number) + (actual[c] as number) > 0);
  const accuracy = correct / total;
  return {
    auroc: macroAuroc(aurocPerClass),
    aurocPerClass,
    accuracy: defined(accuracy),
    f1: defined(present.reduce((sum, c) => sum + (f1PerClass[c] as number), 0) / present.length),
    f1PerClass: f1PerClass.map(defined),
    f1Micro: defined(accuracy),
    f1Weighted: defined(f1PerClass.reduce((sum, f1, c) => sum + f1 * (actual[c] as number), 0) / total),
    logLoss: defined(loss / total),
  };
}

function firstLargest(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++)
    if ((values[start + c] as number) > (values[start + best] as number)) best = c;
  return best;
}

/** The mean over the classes that have an AUROC; says how many those are when it is not all of them. */
export function macroAuroc(perClass: readonly MetricValue[]): MetricValue {
  const valid = perClass.filter((a) => !Number.isNaN(a.value));
  if (valid.length === 0) return undefinedBecause(ONE_CLASS);
  const value = valid.reduce((sum, a) => sum + a.value, 0) / valid.length;
  if (valid.length === perClass.length) return defined(value);
  const reason = `mean over ${valid.length} of ${perClass.length} classes; the others do not occur in this split`;
  return { value, reason };
}
