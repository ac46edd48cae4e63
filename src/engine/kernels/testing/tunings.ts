// Tunings that make small shapes follow the code paths of large ones.
import type { WebgpuContext } from '../runtime/webgpu/context.ts';

/** Wide heads compute attention by products from the first row on, a few queries at a time. */
export function attendByProducts(c: WebgpuContext): void {
  c.tuning = { ...c.tuning, attention: { productsFrom: 1, scoreBytes: 4096, leastQueries: 8 } };
}
