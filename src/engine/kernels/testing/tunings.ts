// Tunings that make small shapes take the ways of large ones.
import type { WebgpuContext } from '../runtime/webgpu/context.ts';

/** Wide heads attend by products from the first row on, a few queries at a time. */
export function attendByProducts(c: WebgpuContext): void {
  c.tuning = { ...c.tuning, attention: { productsFrom: 1, scoreBytes: 4096, leastQueries: 8 } };
}
