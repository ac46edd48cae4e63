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
    /** Of the others: the first of which there are enough, otherwise the last. */
    tiles: readonly SizedTile[];
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
  enoughGroups: 256,
  quads: false,
  product: {
    narrow: tile(64, 16, 16, 4),
    flat: tile(16, 64, 16, 4),
    tiles: [
      { tile: tile(64, 64, 16, 4), from: 64 },
      { tile: tile(32, 32, 16, 4), from: 0 },
    ],
  },
};

/** Threads of a CPU are few. */
const cpu: Tuning = { ...gpu, enoughGroups: 16 };

/**
 * @param software - the adapter is a CPU
 * @param subgroups - whose invocations can be read from one another
 */
export const tuningOf = (software: boolean, subgroups: boolean): Tuning =>
  software ? { ...cpu, quads: subgroups } : gpu;
