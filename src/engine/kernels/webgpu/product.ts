// The loop of every product on WebGPU: tiles of both factors in workgroup memory, 4 x 4 results per invocation. What the
// factors are and where results go is WGSL of the caller.

export interface Tile {
  rows: number;
  columns: number;
}

/** Depth of a tile. */
const DEPTH = 16;
/** Below this many large tiles, small ones keep more of the GPU busy. */
const FEW_TILES = 64;

/** @param batch - products of this shape side by side */
export function tileFor(rows: number, columns: number, batch: number): Tile {
  if (columns <= 16 && rows > 16) return { rows: 64, columns: 16 };
  if (rows <= 16 && columns > 16) return { rows: 16, columns: 64 };
  const large = batch * Math.ceil(rows / 64) * Math.ceil(columns / 64);
  return large < FEW_TILES ? { rows: 32, columns: 32 } : { rows: 64, columns: 64 };
}

export const lanesOf = ({ rows, columns }: Tile) => (rows * columns) / 16;

export interface ProductCode {
  tile: Tile;
  /** Along which axis neighbours of the first factor are neighbours in memory: depth or rows. */
  firstAlong: 'depth' | 'rows';
  /** The same of the second factor: depth or columns. */
  secondAlong: 'depth' | 'columns';
  /** Also calls `put_row_sum(z, split, m, sum)` with the sums of the first factor over the depth. */
  rowSums: boolean;
}

/**
 * WGSL of `run`. The caller defines `rows(z)`, `columns(z)`, `depth(z)`, the factors `first(z, m, k)` and
 * `second(z, k, n)`, called within their bounds only, `put(z, split, m, n, value)`, and the parameters tiles_m, tiles_n,
 * splits and split_depth. z counts the products side by side.
 */
export function productCode({ tile, firstAlong, secondAlong, rowSums }: ProductCode): string {
  const lanes = lanesOf(tile);
  const [m4, n4] = [tile.rows / 4, tile.columns / 4];
  // One vector of padding, so that neighbours along the depth fall into different banks.
  const [mStride, nStride] = [m4 + 1, n4 + 1];
  const places = (along: boolean, vectors: number) =>
    along
      ? `let k = i % ${DEPTH}u; let v = i / ${DEPTH}u;`
      : `let v = i % ${vectors}u; let k = i / ${vectors}u;`;
  const four = (line: (c: number) => string) => [0, 1, 2, 3].map(line).join('\n');
  return `
    var<workgroup> firsts: array<vec4f, ${DEPTH * mStride}>;
    var<workgroup> seconds: array<vec4f, ${DEPTH * nStride}>;

    fn run(group: u32, lane: u32) {
      let n0 = (group % p.tiles_n) * ${tile.columns}u;
      let m0 = (group / p.tiles_n % p.tiles_m) * ${tile.rows}u;
      let split = group / (p.tiles_n * p.tiles_m) % p.splits;
      let z = group / (p.tiles_n * p.tiles_m * p.splits);
      let end_m = rows(z);
      let end_n = columns(z);
      if (m0 >= end_m || n0 >= end_n) { return; }
      let start = split * p.split_depth;
      let end = min(start + p.split_depth, depth(z));
      let tx = lane % ${n4}u;
      let ty = lane / ${n4}u;
      ${four((c) => `var sum${c} = vec4f(0.0);`)}
      ${rowSums ? 'var row_sum = vec4f(0.0);' : ''}
      for (var k0 = start; k0 < end; k0 += ${DEPTH}u) {
        for (var i = lane; i < ${DEPTH * m4}u; i += ${lanes}u) {
          ${places(firstAlong === 'depth', m4)}
          let m = m0 + 4u * v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (m + ${c}u < end_m) { value[${c}] = first(z, m + ${c}u, k0 + k); }`)}
          }
          firsts[k * ${mStride}u + v] = value;
        }
        for (var i = lane; i < ${DEPTH * n4}u; i += ${lanes}u) {
          ${places(secondAlong === 'depth', n4)}
          let n = n0 + 4u * v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (n + ${c}u < end_n) { value[${c}] = second(z, k0 + k, n + ${c}u); }`)}
          }
          seconds[k * ${nStride}u + v] = value;
        }
        workgroupBarrier();
        for (var k = 0u; k < ${DEPTH}u; k++) {
          let a = firsts[k * ${mStride}u + ty];
          let b = seconds[k * ${nStride}u + tx];
          ${four((c) => `sum${c} += a[${c}] * b;`)}
          ${rowSums ? 'row_sum += a;' : ''}
        }
        workgroupBarrier();
      }
      let m = m0 + 4u * ty;
      let n = n0 + 4u * tx;
      ${four((r) => four((c) => `if (m + ${r}u < end_m && n + ${c}u < end_n) { put(z, split, m + ${r}u, n + ${c}u, sum${r}[${c}]); }`))}
      ${rowSums ? four((r) => `if (n == 0u && m + ${r}u < end_m) { put_row_sum(z, split, m + ${r}u, row_sum[${r}]); }`) : ''}
    }`;
}
