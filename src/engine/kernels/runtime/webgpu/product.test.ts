import { describe, expect, it } from 'vitest';
import { blockOf } from '../../ops/attention/webgpuProducts.ts';
import { sumTileFor, tileFor } from './product.ts';
import { tuningOf } from './tuning.ts';

const gpu = tuningOf(false, true);
const size = ({ rows, columns }: { rows: number; columns: number }) => `${rows}x${columns}`;

describe('tiles of a product on a GPU', () => {
  it('are large where there are enough of them to fill it, and smaller where not', () => {
    expect(size(tileFor(8192, 2048, 512, 1, gpu))).toBe('128x128');
    expect(size(tileFor(2048, 624, 624, 1, gpu))).toBe('64x64');
    expect(size(tileFor(128, 128, 624, 1, gpu))).toBe('32x32');
    // Products that run side by side are counted together.
    expect(size(tileFor(1024, 2048, 156, 4, gpu))).toBe('128x128');
  });

  it('follow results of few columns or rows, and products that are hardly more than loads and stores', () => {
    expect(size(tileFor(80_000, 16, 256, 1, gpu))).toBe('128x16');
    expect(size(tileFor(16, 256, 256, 1, gpu))).toBe('16x64');
    expect(size(tileFor(80_000, 256, 16, 1, gpu))).toBe('32x32');
  });

  it('of sums over many rows stay large, because splits make the workgroups', () => {
    expect(size(sumTileFor(256, 624, 1, gpu))).toBe('64x64');
    expect(size(sumTileFor(256, 16, 1, gpu))).toBe('128x16');
  });

  it('are quads on a software adapter with subgroups alone', () => {
    expect(tileFor(64, 64, 64, 1, tuningOf(true, true)).loop).toBe('quads');
    expect(sumTileFor(64, 64, 1, tuningOf(true, true)).loop).toBe('quads');
    expect(tileFor(64, 64, 64, 1, tuningOf(true, false)).loop).toBe('workgroup');
  });
});

describe('queries of a block of attention by products', () => {
  const { scoreBytes, leastQueries } = gpu.attention;
  const c = { tuning: gpu, maxBytes: 2 ** 31 };

  it('are all of them where their scores fit', () => {
    expect(blockOf(c, { groups: 1, heads: 4, length: 2048 })).toBe(2048);
  });

  it('keep the scores within the bound, however many rows there are', () => {
    for (const length of [4096, 8192, 50_000]) {
      const block = blockOf(c, { groups: 1, heads: 4, length });
      expect(block % leastQueries).toBe(0);
      expect(block).toBeGreaterThan(0);
      expect(4 * 4 * block * length).toBeLessThanOrEqual(scoreBytes);
    }
    // A device that can bind less memory gets smaller blocks.
    expect(
      4 * 4 * blockOf({ ...c, maxBytes: 2 ** 25 }, { groups: 1, heads: 4, length: 8192 }) * 8192,
    ).toBeLessThanOrEqual(2 ** 25);
  });

  it('are none where even few have too many scores: tiles serve then', () => {
    expect(blockOf(c, { groups: 64, heads: 64, length: 8192 })).toBe(0);
  });
});
