// Sums of gradients and hessians per bin, from which splits are chosen. A child's histogram is the parent's minus its
// sibling's, so only the smaller child is summed (LightGBM, Ke et al. 2017).
import type { BinnedTable } from './bins.ts';
import { HistogramModule } from './histogramModule.ts';

/** Numbers per histogram cell: sum of gradients, sum of hessians, number of rows. */
export const CELL = 3;

/** Scratch memory for one growing tree: gradients of a node's rows in row order, and released histograms. */
export class HistogramBuilder {
  private readonly table: BinnedTable;
  private readonly gradientOfNode: Float32Array;
  private readonly hessianOfNode: Float32Array;
  private readonly pool: Float64Array[] = [];
  private readonly module: HistogramModule | null;

  /**
   * The codes of the table move into the memory that sums them.
   * @param plain - sums in JavaScript, as where there is no WebAssembly with SIMD; the numbers are the same
   */
  constructor(table: BinnedTable, plain = false) {
    this.table = table;
    const { features, offsets, rows } = table;
    const codes = features.map((feature) => feature.codes);
    this.module = plain ? null : HistogramModule.create(codes, rows, offsets[features.length]!);
    for (const [f, own] of (this.module?.codes ?? []).entries()) features[f]!.codes = own;
    const scratch = this.module ? 0 : rows;
    this.gradientOfNode = new Float32Array(scratch);
    this.hessianOfNode = new Float32Array(scratch);
  }

  /** A histogram with undefined content, [cells, 3]. */
  take(): Float64Array {
    return this.pool.pop() ?? new Float64Array(this.table.offsets[this.table.features.length]! * CELL);
  }

  /** Returns a histogram for reuse. */
  release(histogram: Float64Array): void {
    this.pool.push(histogram);
  }

  /**
   * Sums over the rows of a node, for the given features; cells of other features are undefined.
   * @param rows - rows of the node
   * @param gradient - gradient of the loss per dataset row
   * @param hessian - its second derivative per dataset row, or null if it is 1 everywhere
   * @returns [cells, 3], to be returned with `release`
   */
  build(
    rows: Uint32Array,
    gradient: Float32Array,
    hessian: Float32Array | null,
    features: readonly number[],
  ): Float64Array {
    const { gradientOfNode: g, hessianOfNode: h, table } = this;
    const n = rows.length;
    const histogram = this.take();
    if (this.module) {
      this.module.build(rows, gradient, hessian, features, table.offsets, histogram);
      return histogram;
    }
    for (let i = 0; i < n; i++) g[i] = gradient[rows[i]!]!;
    if (hessian) for (let i = 0; i < n; i++) h[i] = hessian[rows[i]!]!;
    for (const f of features) {
      const from = table.offsets[f]! * CELL;
      const to = table.offsets[f + 1]! * CELL;
      histogram.fill(0, from, to);
      const { codes } = table.features[f]!;
      if (hessian) sumInto(histogram, from, codes, rows, g, h);
      else sumUnitInto(histogram, from, to, codes, rows, g);
    }
    return histogram;
  }

  /** parent := parent - child, for the given features; the result is the sibling's histogram. */
  subtract(parent: Float64Array, child: Float64Array, features: readonly number[]): Float64Array {
    for (const f of features) {
      const to = this.table.offsets[f + 1]! * CELL;
      for (let i = this.table.offsets[f]! * CELL; i < to; i++) parent[i] = parent[i]! - child[i]!;
    }
    return parent;
  }
}

function sumInto(
  histogram: Float64Array,
  from: number,
  codes: Uint8Array,
  rows: Uint32Array,
  g: Float32Array,
  h: Float32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const cell = from + codes[rows[i]!]! * CELL;
    histogram[cell] = histogram[cell]! + g[i]!;
    histogram[cell + 1] = histogram[cell + 1]! + h[i]!;
    histogram[cell + 2] = histogram[cell + 2]! + 1;
  }
}

/** For a hessian of 1 everywhere: its sum is the number of rows, filled in afterwards. */
function sumUnitInto(
  histogram: Float64Array,
  from: number,
  to: number,
  codes: Uint8Array,
  rows: Uint32Array,
  g: Float32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const cell = from + codes[rows[i]!]! * CELL;
    histogram[cell] = histogram[cell]! + g[i]!;
    histogram[cell + 2] = histogram[cell + 2]! + 1;
  }
  for (let cell = from; cell < to; cell += CELL) histogram[cell + 1] = histogram[cell + 2]!;
}
