// What kernels choose by measurement, for each class of adapters. `npm run bench:gpu` tries the choices
// (bench/gpu/products.ts).
import type { Tile } from './tile.ts';

/** A tile used for products that have at least `from` such tiles; with fewer, the adapter would be partly idle. */
export interface SizedTile {
  tile: Tile;
  from: number;
}

export interface Tuning {
  /** Number of workgroups that fill the adapter. */
  enoughGroups: number;
  /** Products are computed by quads of invocations (quadProduct.ts) instead of by the tiles below. */
  quads: boolean;
  product: {
    /** narrow: for results with at most as many columns as this tile. flat: for results with at most as many rows. */
    narrow: Tile;
    flat: Tile;
    /** For products no deeper than this tile: they spend most of their time on loads and stores. */
    shallow: Tile;
    /** For sums over many rows, which are split until the workgroups fill the adapter. */
    sums: Tile;
    /** For all other products: the first tile of which there are enough, or else the last. */
    tiles: readonly SizedTile[];
  };
  attention: {
    /** From this many rows on, wide heads compute attention by products (ops/attention/webgpuProducts.ts). */
    productsFrom: number;
    /** The scores of a block of queries take at most this many bytes. */
    scoreBytes: number;
    /** The number of queries in a block is a multiple of this, unless the block has all queries. */
    leastQueries: number;
  };
}

/** @param own - rows and columns of one invocation */
export const tile = (rows: number, columns: number, depth: number, own: number): Tile => ({
  loop: 'workgroup',
  rows,
  columns,
  depth,
  perLane: { rows: own, columns: own },
});

const gpu: Tuning = {
  enoughGroups: 512,
  quads: false,
  product: {
    narrow: tile(128, 16, 16, 4),
    flat: tile(16, 64, 16, 4),
    shallow: tile(32, 32, 16, 4),
    sums: tile(64, 64, 16, 4),
    tiles: [
      { tile: tile(128, 128, 16, 8), from: 200 },
      { tile: tile(64, 64, 16, 4), from: 64 },
      { tile: tile(32, 32, 16, 4), from: 0 },
    ],
  },
  attention: { productsFrom: 128, scoreBytes: 128 << 20, leastQueries: 128 },
};

/** A CPU has few threads. */
const cpu: Tuning = {
  ...gpu,
  enoughGroups: 16,
  attention: { ...gpu.attention, productsFrom: Number.POSITIVE_INFINITY },
};

/**
 * @param software - whether the adapter is a CPU
 * @param subgroups - whether invocations can read values of one another
 */
export const tuningOf = (software: boolean, subgroups: boolean): Tuning =>
  software ? { ...cpu, quads: subgroups } : gpu;
