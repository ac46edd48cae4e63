// Histograms summed by a WebAssembly module with SIMD: gradient and hessian of a cell in one addition, and no check of bounds. A memory of
// its own holds the codes of a table, so that none are copied from tree to tree. Numbers are those of histogram.ts to the last bit.
import { histogramBinary } from './histogram.generated.ts';

/** Bytes of a cell: three float64. */
const CELL_BYTES = 24;
const PAGE = 2 ** 16;

/** As assembly/index.ts has it. */
type Sum = (
  codes: number,
  rows: number,
  count: number,
  pairs: number,
  cells: number,
  counted: number,
) => void;
type CountUnits = (cells: number, count: number) => void;

let compiled: WebAssembly.Module | null | undefined;

/** @returns null where there is no WebAssembly with SIMD */
function moduleOf(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  const bytes = Uint8Array.from(atob(histogramBinary), (c) => c.charCodeAt(0));
  const runs = typeof WebAssembly === 'object' && WebAssembly.validate(bytes);
  compiled = runs ? new WebAssembly.Module(bytes) : null;
  return compiled;
}

/** The sums of the features of one table. */
export class HistogramModule {
  /** Codes of each feature, in the module's memory. [features][rows] */
  readonly codes: readonly Uint8Array[];
  private readonly sum: Sum;
  private readonly countUnits: CountUnits;
  private readonly rows: Uint32Array;
  /** Gradient and hessian of the rows of a node. [rows, 2] */
  private readonly pairs: Float64Array;
  /** [cells, 3] */
  private readonly cells: Float64Array;

  private constructor(module: WebAssembly.Module, codes: readonly Uint8Array[], rows: number, cells: number) {
    let bytes = 0;
    const place = (size: number): number => {
      const at = bytes;
      bytes += Math.ceil(size / 16) * 16;
      return at;
    };
    const places = {
      pairs: place(16 * rows),
      cells: place(CELL_BYTES * cells),
      rows: place(4 * rows),
      codes: codes.map(() => place(rows)),
    };
    // Never grown, so that views stay what they are.
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
    const { buffer } = memory;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.sum = exports.sum as Sum;
    this.countUnits = exports.countUnits as CountUnits;
    this.pairs = new Float64Array(buffer, places.pairs, 2 * rows);
    this.cells = new Float64Array(buffer, places.cells, 3 * cells);
    this.rows = new Uint32Array(buffer, places.rows, rows);
    this.codes = codes.map((column, f) => {
      const own = new Uint8Array(buffer, places.codes[f], rows);
      own.set(column);
      return own;
    });
  }

  /**
   * @param codes - [features][rows], copied
   * @param rows - of the table
   * @param cells - of a histogram of all features
   * @returns null where there is no WebAssembly with SIMD, or not as much memory
   */
  static create(codes: readonly Uint8Array[], rows: number, cells: number): HistogramModule | null {
    const module = moduleOf();
    if (!module) return null;
    try {
      return new HistogramModule(module, codes, rows, cells);
    } catch (error) {
      // Sums in JavaScript need no second memory.
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /**
   * Sums over the rows of a node.
   * @param rows - of the node
   * @param gradient - per row of the table
   * @param hessian - per row of the table, or null when it is 1 everywhere
   * @param features - which are summed
   * @param offsets - first cell of each feature; the last entry is the number of cells
   * @param histogram - is given the sums; cells of other features are left undefined. [cells, 3]
   */
  build(
    rows: Uint32Array,
    gradient: Float32Array,
    hessian: Float32Array | null,
    features: readonly number[],
    offsets: Int32Array,
    histogram: Float64Array,
  ): void {
    const { pairs, cells, codes } = this;
    const count = rows.length;
    this.rows.set(rows);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      pairs[2 * i] = gradient[row]!;
      pairs[2 * i + 1] = hessian ? hessian[row]! : 1;
    }
    const counted = hessian ? 1 : 0;
    for (const f of features) {
      const from = offsets[f]!;
      const size = offsets[f + 1]! - from;
      const own = cells.subarray(3 * from, 3 * (from + size)).fill(0);
      this.sum(codes[f]!.byteOffset, this.rows.byteOffset, count, pairs.byteOffset, own.byteOffset, counted);
      if (!hessian) this.countUnits(own.byteOffset, size);
      histogram.set(own, 3 * from);
    }
  }
}
