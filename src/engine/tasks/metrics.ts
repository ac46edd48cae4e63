// Metrics on plain arrays in float64, with the conventions of scikit-learn stated in golden/metrics.json. A metric that
// has no value is NaN with the reason.
import type { MetricValue } from './task.ts';

const undefinedBecause = (reason: string): MetricValue => ({ value: Number.NaN, reason });
const defined = (value: number): MetricValue => ({ value });

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

/**
 * Area under the ROC curve = (concordant pairs + half the tied pairs) / (positives x negatives), by midranks.
 * @param isPositive - per row
 */
export function auroc(scores: ArrayLike<number>, isPositive: (row: number) => boolean): MetricValue {
  const n = scores.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && scores[order[end] as number] === scores[order[start] as number]) end++;
    const midrank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (!isPositive(order[i] as number)) continue;
      positives++;
      rankSum += midrank;
    }
    start = end;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return undefinedBecause('only one class is present in this split');
  return defined((rankSum - (positives * (positives + 1)) / 2) / (positives * negatives));
}

export interface ClassificationMetrics {
  auroc: MetricValue;
  accuracy: MetricValue;
  f1: MetricValue;
  logLoss: MetricValue;
}

/** Least probability in a logarithm, so that a confident error is large but finite. */
const TINY = 1e-15;
const logOf = (p: number) => Math.log(Math.max(TINY, p));

/** @param probabilities - [N] of the positive class; a row is positive above 0.5. F1 of the positive class, 0 when empty. */
export function binaryMetrics(
  probabilities: ArrayLike<number>,
  targets: ArrayLike<number>,
): ClassificationMetrics {
  const n = targets.length;
  let [truePositives, falsePositives, falseNegatives, correct, logLoss] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const p = probabilities[i] as number;
    const predicted = p > 0.5;
    const actual = targets[i] === 1;
    if (predicted === actual) correct++;
    if (predicted && actual) truePositives++;
    if (predicted && !actual) falsePositives++;
    if (!predicted && actual) falseNegatives++;
    logLoss -= logOf(actual ? p : 1 - p);
  }
  const f1Denominator = 2 * truePositives + falsePositives + falseNegatives;
  return {
    auroc: auroc(probabilities, (row) => targets[row] === 1),
    accuracy: defined(correct / n),
    f1: defined(f1Denominator === 0 ? 0 : (2 * truePositives) / f1Denominator),
    logLoss: defined(logLoss / n),
  };
}

export interface MulticlassMetrics extends ClassificationMetrics {
  /** One against the rest, per class. */
  aurocPerClass: MetricValue[];
  f1Micro: MetricValue;
  f1Weighted: MetricValue;
}

/**
 * AUROC is the macro mean of one-vs-rest over the classes where it is defined; F1 the macro mean over classes that
 * occur as label or prediction. The predicted class is the first of the largest.
 * @param probabilities - row-major [N, classes]
 */
export function multiclassMetrics(
  probabilities: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes: number,
): MulticlassMetrics {
  const n = targets.length;
  const counts = {
    hit: new Float64Array(classes),
    predicted: new Float64Array(classes),
    actual: new Float64Array(classes),
  };
  let logLoss = 0;
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((probabilities[i * classes + c] as number) > (probabilities[i * classes + best] as number))
        best = c;
    }
    const actual = targets[i] as number;
    counts.predicted[best]++;
    counts.actual[actual]++;
    if (best === actual) counts.hit[best]++;
    logLoss -= logOf(probabilities[i * classes + actual] as number);
  }
  const aurocPerClass = Array.from({ length: classes }, (_, c) =>
    auroc(
      Float64Array.from({ length: n }, (_, i) => probabilities[i * classes + c] as number),
      (row) => targets[row] === c,
    ),
  );
  const present = Array.from({ length: classes }, (_, c) => c).filter(
    (c) => (counts.actual[c] as number) + (counts.predicted[c] as number) > 0,
  );
  const f1Of = (c: number) =>
    (2 * (counts.hit[c] as number)) / ((counts.actual[c] as number) + (counts.predicted[c] as number));
  const accuracy = counts.hit.reduce((a, b) => a + b, 0) / n;
  const valid = aurocPerClass.filter((a) => !Number.isNaN(a.value));
  const missing = classes - valid.length;
  const mean = valid.reduce((sum, a) => sum + a.value, 0) / valid.length;
  return {
    auroc:
      valid.length === 0
        ? undefinedBecause('only one class is present in this split')
        : missing === 0
          ? defined(mean)
          : {
              value: mean,
              reason: `mean over ${valid.length} of ${classes} classes; the others do not occur in this split`,
            },
    aurocPerClass,
    accuracy: defined(accuracy),
    f1: defined(present.reduce((sum, c) => sum + f1Of(c), 0) / present.length),
    f1Micro: defined(accuracy),
    f1Weighted: defined(present.reduce((sum, c) => sum + f1Of(c) * (counts.actual[c] as number), 0) / n),
    logLoss: defined(logLoss / n),
  };
}
