// The loop of every product on WebGPU. On a GPU tiles of both factors stand in workgroup memory, 4 x 4 results per
// invocation; adapters that are a CPU have another (quadProduct.ts). What the factors are and where results go is WGSL of the
// caller.
import { quadProductCode, quadTileFor } from './quadProduct.ts';
import type { Tile } from './tile.ts';

/** Depth of a tile. */
const DEPTH = 16;
/** Below this many large tiles, small ones keep more of the GPU busy. */
const FEW_TILES = 64;

/**
 * @param batch - products of this shape side by side
 * @param onCpu - the adapter is a CPU whose subgroups can be used
 */
export function tileFor(rows: number, columns: number, batch: number, onCpu: boolean): Tile {
  if (onCpu) return quadTileFor(columns);
  const tile = (m: number, n: number): Tile => ({
    loop: 'workgroup',
    rows: m,
    columns: n,
    perLane: { rows: 4, columns: 4 },
  });
  if (columns <= 16 && rows > 16) return tile(64, 16);
  if (rows <= 16 && columns > 16) return tile(16, 64);
  const large = batch * Math.ceil(rows / 64) * Math.ceil(columns / 64);
  return large < FEW_TILES ? tile(32, 32) : tile(64, 64);
}

export const lanesOf = ({ rows, columns, perLane }: Tile) =>
  (rows * columns) / (perLane.rows * perLane.columns);

export interface ProductCode {
  tile: Tile;
  /** From depth to depth in the first factor, the same everywhere; WGSL. */
  firstStep: string;
  secondStep: string;
  /** Also calls `put_row_sum(z, split, m, sum)` with the sums of the first factor over the depth. */
  rowSums: boolean;
}

/**
 * WGSL of `run`. The caller defines `rows(z)`, `columns(z)`, `depth(z)`, where the factors stand at depth 0, `first_at(z, m)`
 * and `second_at(z, n)`, their values `first(at)` and `second(at)`, called within their bounds only, where a row of results
 * stands, `result_at(z, split, m)`, `put(z, row_at, n, value)`, and the parameters tiles_m, tiles_n, splits and split_depth. z
 * counts the products side by side.
 */
export const productCode = (code: ProductCode): string =>
  code.tile.loop === 'quads'
    ? quadProductCode(code.tile, code.firstStep, code.secondStep, code.rowSums)
    : workgroupProductCode(code);

function workgroupProductCode({ tile, firstStep, secondStep, rowSums }: ProductCode): string {
  const lanes = lanesOf(tile);
  const [m4, n4] = [tile.rows / 4, tile.columns / 4];
  // One vector of padding, so that neighbours along the depth fall into different banks.
  const [mStride, nStride] = [m4 + 1, n4 + 1];
  // Neighbouring lanes load neighbours in memory.
  const places = (step: string, vectors: number) =>
    step === '1u'
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
          ${places(firstStep, m4)}
          let m = m0 + 4u * v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (m + ${c}u < end_m) { value[${c}] = first(first_at(z, m + ${c}u) + (k0 + k) * ${firstStep}); }`)}
          }
          firsts[k * ${mStride}u + v] = value;
        }
        for (var i = lane; i < ${DEPTH * n4}u; i += ${lanes}u) {
          ${places(secondStep, n4)}
          let n = n0 + 4u * v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (n + ${c}u < end_n) { value[${c}] = second(second_at(z, n + ${c}u) + (k0 + k) * ${secondStep}); }`)}
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
      ${four((r) => four((c) => `if (m + ${r}u < end_m && n + ${c}u < end_n) { put(z, result_at(z, split, m + ${r}u), n + ${c}u, sum${r}[${c}]); }`))}
      ${rowSums ? four((r) => `if (n == 0u && m + ${r}u < end_m) { put_row_sum(z, split, m + ${r}u, row_sum[${r}]); }`) : ''}
    }`;
}
