import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchBounds, batchOrder } from './batches.ts';

describe('batches', () => {
  it('cover every row once, and no batch has one row unless the split has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 2, max: 64 }), (rows, size) => {
        const bounds = batchBounds(rows, size);
        expect([bounds[0], bounds.at(-1)]).toEqual([0, rows]);
        bounds.slice(1).forEach((end, i) => {
          const length = end - (bounds[i] as number);
          expect(length).toBeGreaterThanOrEqual(2);
          expect(length).toBeLessThanOrEqual(size + 1);
        });
      }),
    );
  });

  it('are permuted anew in every epoch, the same for the same seed', () => {
    const rows = Uint32Array.from({ length: 50 }, (_, i) => 2 * i);
    const first = batchOrder(3, 1, rows);
    expect(batchOrder(3, 1, rows)).toEqual(first);
    expect(batchOrder(3, 2, rows)).not.toEqual(first);
    expect([...first].sort((a, b) => a - b)).toEqual([...rows]);
  });

  it('end where rows do; a single last row joins the batch before', () => {
    expect(batchBounds(8, 4)).toEqual([0, 4, 8]);
    expect(batchBounds(9, 4)).toEqual([0, 4, 9]);
    expect(batchBounds(10, 4)).toEqual([0, 4, 8, 10]);
    expect(batchBounds(1, 4)).toEqual([0, 1]);
  });
});
