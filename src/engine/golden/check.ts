// The results of comparisons with reference numbers, and the comparisons that golden/README defines.

export interface GoldenCheck {
  /** What was compared, e.g. `grads transformer.blocks.0.0.norm1.weight`. */
  quantity: string;
  /** Largest absolute difference found. */
  error: number;
  /** Largest difference allowed. */
  tolerance: number;
  passed: boolean;
  detail?: string;
}

/** A tensor of a golden file; numbers, because that is what JSON holds. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

export const maxAbs = (values: ArrayLike<number>): number => {
  let max = 0;
  for (let i = 0; i < values.length; i++) max = Math.max(max, Math.abs(values[i] as number));
  return max;
};

/**
 * Element-wise comparison; NaN or a wrong length never passes.
 * @param skip - flat indices that cannot be compared
 */
export function compare(
  quantity: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  skip: ReadonlySet<number> = new Set(),
): GoldenCheck {
  if (got.length !== expected.length) {
    return {
      quantity,
      error: Number.POSITIVE_INFINITY,
      tolerance,
      passed: false,
      detail: `expected ${expected.length} values, got ${got.length}`,
    };
  }
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    if (skip.has(i)) continue;
    const difference = Math.abs((got[i] as number) - (expected[i] as number));
    if (Number.isNaN(difference))
      return { quantity, error: Number.NaN, tolerance, passed: false, detail: `NaN at ${i}` };
    error = Math.max(error, difference);
  }
  return { quantity, error, tolerance, passed: error <= tolerance };
}

/** The check nearest to, or furthest beyond, its tolerance. */
export function worstOf(checks: readonly GoldenCheck[]): GoldenCheck | null {
  const ratio = (c: GoldenCheck) =>
    c.passed ? c.error / c.tolerance || 0 : 1e9 + (c.error / c.tolerance || 0);
  return checks.reduce<GoldenCheck | null>((w, c) => (w === null || ratio(c) > ratio(w) ? c : w), null);
}
