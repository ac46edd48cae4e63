// Do two networks differ on the same seeds? Two tests of the differences: Student's t, which assumes a normal distribution, and
// Wilcoxon's signed ranks, which assume a symmetric one. Both are two-sided.
import { meanOf, probabilityWithin, sampleSd } from './interval.ts';

export interface PairedTest {
  /** Number of pairs with both values. */
  n: number;
  /** Mean of a - b. */
  difference: number;
  /** Student's t with n - 1 degrees of freedom; NaN for fewer than two pairs, and if all differences are equal. */
  t: number;
  pStudent: number;
  /** The smaller of the rank sums of positive and of negative differences; differences of 0 are left out. */
  w: number;
  /** Exact, ties included; NaN if no difference remains. */
  pWilcoxon: number;
  /** The smallest p that Wilcoxon's test can reach with so many differences: 0.0625 with five. */
  smallestWilcoxon: number;
}

/** @param a, b - one value per seed, in the same order; pairs with a NaN, and seeds that one of them lacks, are left out */
export function pairedTest(a: readonly number[], b: readonly number[]): PairedTest {
  const both = Math.min(a.length, b.length);
  const differences = a
    .slice(0, both)
    .map((value, i) => value - (b[i] as number))
    .filter((value) => !Number.isNaN(value));
  const n = differences.length;
  const difference = meanOf(differences);
  const sd = sampleSd(differences);
  const t = sd > 0 ? difference / (sd / Math.sqrt(n)) : Number.NaN;
  const pStudent = Number.isNaN(t)
    ? t
    : 1 - probabilityWithin(Math.atan(Math.abs(t) / Math.sqrt(n - 1)), n - 1);
  return { n, difference, t, pStudent, ...wilcoxon(differences.filter((value) => value !== 0)) };
}

/**
 * The signed-rank test (Wilcoxon 1945). Tied differences share their mean rank, and p comes from all 2^n sign patterns, counted
 * by sums of doubled ranks, which are integers.
 */
function wilcoxon(differences: readonly number[]): Pick<PairedTest, 'w' | 'pWilcoxon' | 'smallestWilcoxon'> {
  const n = differences.length;
  if (n === 0) return { w: Number.NaN, pWilcoxon: Number.NaN, smallestWilcoxon: Number.NaN };
  const doubled = doubledRanks(differences.map(Math.abs));
  const total = doubled.reduce((x, y) => x + y, 0);
  const positive = doubled.reduce((sum, rank, i) => sum + ((differences[i] as number) > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  // Probability of each sum of the doubled ranks of positive differences.
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const rank of doubled) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) {
      const half = (chances[sum] as number) / 2;
      if (half === 0) continue;
      next[sum] = (next[sum] as number) + half;
      next[sum + rank] = (next[sum + rank] as number) + half;
    }
    chances = next;
  }
  const tail = chances.subarray(0, smaller + 1).reduce((x, y) => x + y, 0);
  return { w: smaller / 2, pWilcoxon: Math.min(1, 2 * tail), smallestWilcoxon: 2 ** (1 - n) };
}

/** Twice the ranks from 1, ties at their mean. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let first = 0; first < order.length; ) {
    const value = values[order[first] as number];
    let last = first;
    while (last + 1 < order.length && values[order[last + 1] as number] === value) last++;
    for (let i = first; i <= last; i++) ranks[order[i] as number] = first + last + 2;
    first = last + 1;
  }
  return ranks;
}

/**
 * Adjusted p values of several tests, such that all together err as often as one (Holm 1979). NaN stays NaN and is not counted.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = [...pValues];
  const order = pValues
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]))
    .sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * (pValues[i] as number)));
    adjusted[i] = largest;
  });
  return adjusted;
}
