// Sums of histograms on memory that histogramModule.ts lays out. Works on memory it is given and owns none. Every cell of a histogram is
// three float64: sum of gradients, sum of hessians, number of rows; sums run over the rows in their order, as in histogram.ts.

/** Bytes of a cell. */
const CELL: usize = 24;

/**
 * Adds the rows of a node to the cells of a feature.
 * @param codes - u8 [rows of the table]
 * @param rows - u32 [count]
 * @param pairs - gradient and hessian of each row of the node, f64 [count, 2]
 * @param cells - f64 [codes, 3], zeros at first
 * @param counted - 0 where the hessian is 1 everywhere: `countUnits` then counts the rows
 */
export function sum(codes: usize, rows: usize, count: i32, pairs: usize, cells: usize, counted: i32): void {
  const end = rows + (<usize>count << 2);
  while (rows < end) {
    const cell = cells + <usize>load<u8>(codes + <usize>load<u32>(rows)) * CELL;
    v128.store(cell, f64x2.add(v128.load(cell), v128.load(pairs)));
    if (counted) store<f64>(cell, load<f64>(cell, 16) + 1.0, 16);
    rows += 4;
    pairs += 16;
  }
}

/** Where the hessian is 1 everywhere, its sum is the number of rows. @param cells - f64 [count, 3] */
export function countUnits(cells: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<f64>(cells, load<f64>(cells, 8), 16);
    cells += CELL;
  }
}
