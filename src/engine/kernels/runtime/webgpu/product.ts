// The loop of every product on WebGPU. On a GPU, tiles of both factors are held in workgroup memory, and each invocation
// computes several rows and columns of the result; adapters that are a CPU use another loop (quadProduct.ts). The caller's WGSL
// says what the factors are and where the results go.

import { unrolled } from './program.ts';
import { quadProductCode, quadTileFor } from './quadProduct.ts';
import type { Tile } from './tile.ts';
import type { SizedTile, Tuning } from './tuning.ts';

/**
 * @param depth - number of terms in each result
 * @param batch - number of products of this shape that run side by side
 * @param tuning - of the adapter
 */
export function tileFor(rows: number, columns: number, depth: number, batch: number, tuning: Tuning): Tile {
  if (tuning.quads) return quadTileFor(columns);
  const { narrow, flat, shallow, tiles } = tuning.product;
  if (columns <= narrow.columns && rows > narrow.columns) return narrow;
  if (rows <= flat.rows && columns > flat.rows) return flat;
  if (depth <= shallow.depth) return shallow;
  const fills = ({ tile, from }: SizedTile) =>
    batch * Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) >= from;
  return (tiles.find(fills) ?? (tiles.at(-1) as SizedTile)).tile;
}

/**
 * The tile for a sum over rows that may be split: the splits already add workgroups, so the tile need not be small for that.
 */
export function sumTileFor(rows: number, columns: number, batch: number, tuning: Tuning): Tile {
  const { sums } = tuning.product;
  const isLarge = !tuning.quads && rows > sums.rows / 2 && columns > sums.columns / 2;
  return isLarge ? sums : tileFor(rows, columns, Number.POSITIVE_INFINITY, batch, tuning);
}

export const lanesOf = ({ rows, columns, perLane }: Tile) =>
  (rows * columns) / (perLane.rows * perLane.columns);

export interface ProductCode {
  tile: Tile;
  /** WGSL: the distance from one depth to the next in the first factor, which is the same everywhere. */
  firstStep: string;
  secondStep: string;
  /** Also calls `put_row_sum(z, split, m, sum)` with the sums of the first factor over the depth. */
  rowSums: boolean;
}

/**
 * WGSL of `run`. The caller defines `rows(z)`, `columns(z)`, `depth(z)`; where the factors start at depth 0, `first_at(z, m)`
 * and `second_at(z, n)`; their values `first(at)` and `second(at)`, which are called only within their bounds; where a row of
 * results starts, `result_at(z, split, m)`; `put(z, row_at, n, value)`; and the parameters tiles_m, tiles_n, splits and
 * split_depth. z is the index of the product among those side by side.
 */
export const productCode = (code: ProductCode): string =>
  code.tile.loop === 'quads'
    ? quadProductCode(code.tile, code.firstStep, code.secondStep, code.rowSums)
    : workgroupProductCode(code);

function workgroupProductCode({ tile, firstStep, secondStep, rowSums }: ProductCode): string {
  const lanes = lanesOf(tile);
  const { perLane, depth } = tile;
  // Counted in vectors: the size of the tile, the size of an invocation's part, and the distance between two vectors of an
  // invocation.
  const [m4, n4] = [tile.rows / 4, tile.columns / 4];
  const [ownM, ownN] = [perLane.rows / 4, perLane.columns / 4];
  const [acrossM, acrossN] = [m4 / ownM, n4 / ownN];
  // One vector of padding, so that neighbours along the depth fall into different memory banks.
  const [mStride, nStride] = [m4 + 1, n4 + 1];
  // Vector v of a tile holds rows v, v + m4, v + 2 m4 and v + 3 m4 (columns likewise), so that neighbouring lanes load and
  // store neighbouring memory.
  const places = (step: string, vectors: number) =>
    step === '1u'
      ? `let k = i % ${depth}u; let v = i / ${depth}u;`
      : `let v = i % ${vectors}u; let k = i / ${vectors}u;`;
  const four = (line: (c: number) => string) => unrolled(4, line);
  /** For every row of an invocation: its vector, its place within the vector, and the row's index. */
  const ownRows = (line: (r: number, v: number, c: number) => string) =>
    unrolled(perLane.rows, (r) => line(r, r >> 2, r & 3));
  return `
    var<workgroup> firsts: array<vec4f, ${depth * mStride}>;
    var<workgroup> seconds: array<vec4f, ${depth * nStride}>;

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
      let tx = lane % ${acrossN}u;
      let ty = lane / ${acrossN}u;
      ${ownRows((r) => unrolled(ownN, (v) => `var sum${r}_${v} = vec4f(0.0);`))}
      ${rowSums ? unrolled(ownM, (v) => `var row_sum${v} = vec4f(0.0);`) : ''}
      for (var k0 = start; k0 < end; k0 += ${depth}u) {
        for (var i = lane; i < ${depth * m4}u; i += ${lanes}u) {
          ${places(firstStep, m4)}
          let m = m0 + v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (m + ${c * m4}u < end_m) { value[${c}] = first(first_at(z, m + ${c * m4}u) + (k0 + k) * ${firstStep}); }`)}
          }
          firsts[k * ${mStride}u + v] = value;
        }
        for (var i = lane; i < ${depth * n4}u; i += ${lanes}u) {
          ${places(secondStep, n4)}
          let n = n0 + v;
          var value = vec4f(0.0);
          if (k0 + k < end) {
            ${four((c) => `if (n + ${c * n4}u < end_n) { value[${c}] = second(second_at(z, n + ${c * n4}u) + (k0 + k) * ${secondStep}); }`)}
          }
          seconds[k * ${nStride}u + v] = value;
        }
        workgroupBarrier();
        for (var k = 0u; k < ${depth}u; k++) {
          ${unrolled(ownM, (v) => `let a${v} = firsts[k * ${mStride}u + ty + ${v * acrossM}u];`)}
          ${unrolled(ownN, (v) => `let b${v} = seconds[k * ${nStride}u + tx + ${v * acrossN}u];`)}
          ${ownRows((r, v, c) => unrolled(ownN, (n) => `sum${r}_${n} += a${v}[${c}] * b${n};`))}
          ${rowSums ? unrolled(ownM, (v) => `row_sum${v} += a${v};`) : ''}
        }
        workgroupBarrier();
      }
      ${ownRows(
        (r, v, c) => `{
          let m = m0 + ty + ${v * acrossM + c * m4}u;
          if (m < end_m) {
            let at = result_at(z, split, m);
            ${unrolled(ownN, (w) =>
              four(
                (e) => `{
                  let n = n0 + tx + ${w * acrossN + e * n4}u;
                  if (n < end_n) { put(z, at, n, sum${r}_${w}[${e}]); }
                }`,
              ),
            )}
            ${rowSums ? `if (n0 + tx == 0u) { put_row_sum(z, split, m, row_sum${v}[${c}]); }` : ''}
          }
        }`,
      )}
    }`;
}
