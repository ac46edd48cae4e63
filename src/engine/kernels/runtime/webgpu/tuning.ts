// What kernels choose by measurement, per class of adapters: `npm run bench:gpu` tries the choices (bench/gpu/products.ts).
import type { Tile } from './tile.ts';

/** Taken for products that have at least `from` such tiles; fewer would leave the adapter idle. */
export interface SizedTile {
  tile: Tile;
  from: number;
}

export interface Tuning {
  /** Workgroups that fill the adapter. */
  enoughGroups: number;
  /** Products by quads of invocations (quadProduct.ts) and not by the tiles below. */
  quads: boolean;
  product: {
    /** Of results with at most its columns, and with at most its rows. */
    narrow: Tile;
    flat: Tile;
    /** Of products no deeper than its depth: little but loads and stores. */
    shallow: Tile;
    /** Of sums over many rows, which are split until workgroups fill the adapter. */
    sums: Tile;
    /** Of the others: the first of which there are enough, otherwise the last. */
    tiles: readonly SizedTile[];
  };
  attention: {
    /** Rows from which wide heads attend by products (ops/attention/webgpuProducts.ts). */
    productsFrom: number;
    /** Of the scores of a block of queries, at most. */
    scoreBytes: number;
    /** A block has a multiple of these, or all of them. */
    leastQueries: number;
  };
}

/** @param own - rows and columns of an invocation */
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

/** Threads of a CPU are few. */
const cpu: Tuning = {
  ...gpu,
  enoughGroups: 16,
  attention: { ...gpu.attention, productsFrom: Number.POSITIVE_INFINITY },
};

/**
 * @param software - the adapter is a CPU
 * @param subgroups - whose invocations can be read from one another
 */
export const tuningOf = (software: boolean, subgroups: boolean): Tuning =>
  software ? { ...cpu, quads: subgroups } : gpu;
