// Phrases shape errors the same way everywhere.
import { WorkbenchError } from './errors.ts';

/**
 * @param where - the operation and argument, e.g. `maskedAttention: mask`
 * @throws WorkbenchError (shape) when the shapes differ; -1 in `expected` matches any size
 */
export function requireShape(
  where: string,
  got: readonly number[],
  expected: readonly number[],
  remedy: string,
): void {
  const same = got.length === expected.length && expected.every((n, i) => n === -1 || n === got[i]);
  if (same) return;
  const text = (shape: readonly number[]) => `[${shape.map((n) => (n === -1 ? '*' : n)).join(', ')}]`;
  throw WorkbenchError.of('shape', { path: where, expected: text(expected), got: text(got), remedy });
}
