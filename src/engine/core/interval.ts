// Means over seeds with intervals, and paired differences of two networks.

/** Estimate over seeds. The interval is the 95 % interval of the mean, by Student's t. */
export interface Estimate {
  mean: number;
  /** Sample standard deviation; NaN for fewer than two values, like the bounds. */
  sd: number;
  low: number;
  high: number;
  /** In the order of the seeds; NaN where undefined, and then left out of the fields above. */
  perSeed: number[];
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Sample standard deviation; NaN for fewer than two values. */
export function sampleSd(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

const CONFIDENCE = 0.95;

/** Mean and interval over the seeds that have a value. */
export function estimate(perSeed: readonly number[]): Estimate {
  const valid = perSeed.filter((value) => !Number.isNaN(value));
  const mean = meanOf(valid);
  const sd = sampleSd(valid);
  const half = (studentQuantile(valid.length - 1) * sd) / Math.sqrt(valid.length);
  return { mean, sd, low: mean - half, high: mean + half, perSeed: [...perSeed] };
}

/** `a - b`, seed by seed: common variation of the seeds cancels. Seeds that only one of them has are left out. */
export function pairedDifference(a: readonly number[], b: readonly number[]): Estimate {
  const both = Math.min(a.length, b.length);
  return estimate(a.slice(0, both).map((value, seed) => value - (b[seed] as number)));
}

/** The quantile t with P(|T| <= t) = 0.95; NaN below one degree of freedom. */
export function studentQuantile(degreesOfFreedom: number): number {
  if (degreesOfFreedom < 1) return Number.NaN;
  // Bisection on the angle, along which the probability rises from 0 to 1.
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degreesOfFreedom) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan(low);
}

/**
 * P(|T| <= sqrt(n) tan(angle)) of Student's t with n degrees of freedom, a finite sum for whole n (Abramowitz and Stegun
 * 1964, 26.7.3 and 26.7.4).
 */
export function probabilityWithin(angle: number, n: number): number {
  const cos = Math.cos(angle);
  const isOdd = n % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = 0;
  for (let k = isOdd ? 3 : 2; k <= n; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cos * cos;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
