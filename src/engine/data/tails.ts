// Transformations for long tails of numeric features, fitted on the training rows: clipping at quantiles, or normal scores. A
// log scale needs no fitting and is applied earlier, see candidates.ts.

/** Transformation of a column's numbers before scaling. */
export type FittedTail =
  | { kind: 'clip'; low: number; high: number }
  /** Quantiles of the training rows at equal steps of probability, from the smallest to the largest. */
  | { kind: 'quantile'; knots: number[] };

/** Share of the training rows clipped at each end. */
const CLIPPED = 0.01;
/** Maximum number of quantiles; fewer rows have fewer. */
const KNOTS = 200;
/** Scores are limited to the quantile of 1e-3, as in Gorishniy et al. 2021, so that outliers stay within reach. */
const END = 1e-3;

/** By linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number];
  return low + (at - below) * (high - low);
}

/**
 * @param numbers - of the training rows, NaN = missing
 * @returns null if no value is known
 */
export function fitTail(kind: FittedTail['kind'], numbers: Iterable<number>): FittedTail | null {
  const sorted = Float64Array.from(numbers)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0) return null;
  if (kind === 'clip') return { kind, low: quantile(sorted, CLIPPED), high: quantile(sorted, 1 - CLIPPED) };
  const steps = Math.min(KNOTS, sorted.length - 1);
  return {
    kind,
    knots: Array.from({ length: steps + 1 }, (_, i) => quantile(sorted, steps > 0 ? i / steps : 0)),
  };
}

/** NaN stays NaN. */
export function shaped(value: number, tail: FittedTail): number {
  if (Number.isNaN(value)) return value;
  if (tail.kind === 'clip') return Math.min(tail.high, Math.max(tail.low, value));
  return normalQuantile(Math.min(1 - END, Math.max(END, rankIn(tail.knots, value))));
}

/** The share of training rows below a value; among equal ones, the middle. */
function rankIn(knots: readonly number[], value: number): number {
  const steps = knots.length - 1;
  const [first, last] = [firstAt(knots, (knot) => knot >= value), firstAt(knots, (knot) => knot > value)];
  if (steps === 0) return first === 0 && last === 0 ? 0 : first > 0 ? 1 : 0.5;
  if (first === knots.length) return 1;
  if (last === 0) return 0;
  if (last > first) return (first + last - 1) / 2 / steps;
  const [low, high] = [knots[first - 1] as number, knots[first] as number];
  return (first - 1 + (value - low) / (high - low)) / steps;
}

/**
 * Position of the first element for which the predicate holds, in a list where it then holds to the end; the list's length if
 * it never holds.
 */
function firstAt(knots: readonly number[], holds: (knot: number) => boolean): number {
  let [low, high] = [0, knots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(knots[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Inverse of the standard normal distribution function (Acklam 2003, relative error below 1.2e-9).
 * @param p - in (0, 1)
 */
export function normalQuantile(p: number): number {
  const tail = (q: number) =>
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) *
      q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) *
      q +
      1);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
      1.38357751867269e2) *
      r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
      6.680131188771972e1) *
      r -
      1.328068155288572e1) *
      r +
      1)
  );
}
