// Comparisons of single numbers and lists for the golden data files, where `null` means undefined.
import { compare, type GoldenCheck, type GoldenTensor } from './check.ts';

/** Nine significant digits are stored; sums in another order add some error. */
export const PRINTED = 1e-6;

/** A number of a golden file; null means undefined. */
export type Value = number | null;

/** One number against its reference: relative to the larger of 1 and the reference; null expects NaN. */
export function compareValue(
  quantity: string,
  got: number,
  expected: Value,
  tolerance = PRINTED,
): GoldenCheck {
  if (expected !== null)
    return compare(quantity, [got], [expected], tolerance * Math.max(1, Math.abs(expected)));
  const passed = Number.isNaN(got);
  return {
    quantity,
    error: passed ? 0 : Number.POSITIVE_INFINITY,
    tolerance,
    passed,
    ...(passed ? {} : { detail: `expected undefined, got ${got}` }),
  };
}

/** Each number of a list against its reference, null expecting NaN. */
export function compareValues(
  quantity: string,
  got: readonly number[],
  expected: readonly Value[],
): GoldenCheck[] {
  if (got.length !== expected.length) return [compare(quantity, got, expected as number[], PRINTED)];
  return expected.map((value, i) => compareValue(`${quantity}[${i}]`, got[i] as number, value));
}

/** A condition that holds or does not. */
export function compareFact(quantity: string, passed: boolean, detail: string): GoldenCheck {
  return { quantity, error: passed ? 0 : 1, tolerance: 0.5, passed, ...(passed ? {} : { detail }) };
}

/** Numbers of a tensor, a list or a list of rows, row-major. */
export function flatten(value: GoldenTensor | readonly number[] | readonly (readonly number[])[]): number[] {
  if ('data' in value) return value.data;
  return (value as readonly (number | readonly number[])[]).flat();
}
