// The loop of products for adapters that are a CPU. It uses no workgroup memory, because there every subgroup clears it before
// it starts and then waits at barriers. It loads as little as it can, because one load costs as much as eight multiplications.
// Four neighbouring invocations, a quad, share rows of the first factor: each loads a different depth and passes it to the
// others.
import type { Tile } from './tile.ts';

const QUAD = 4;
/**
 * Rows and columns of results of an invocation. More would not fit the registers and caches of a CPU; fewer would load more
 * often.
 */
const ROWS = 8;
const COLUMNS = 4;

/** A workgroup is one quad, because there is no memory for several quads to share. */
export const quadTileFor = (columns: number): Tile => {
  const perLane = { rows: ROWS, columns: columns > QUAD ? COLUMNS : 1 };
  return { loop: 'quads', rows: perLane.rows, columns: QUAD * perLane.columns, depth: QUAD, perLane };
};

const each = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** WGSL of `run`; the caller defines what productCode asks for. */
export function quadProductCode(
  { rows, columns, perLane }: Tile,
  firstStep: string,
  secondStep: string,
  rowSums: boolean,
): string {
  const results = perLane.rows * perLane.columns;
  return `
    fn run(group: u32, lane: u32) {
      let split = group / (p.tiles_n * p.tiles_m) % p.splits;
      let z = group / (p.tiles_n * p.tiles_m * p.splits);
      let end_m = rows(z);
      let end_n = columns(z);
      let m0 = group / p.tiles_n % p.tiles_m * ${rows}u;
      let n0 = group % p.tiles_n * ${columns}u + lane;
      let start = split * p.split_depth;
      // Beyond the last row the loop runs zero times. A branch around it would save nothing here.
      let end = select(start, min(start + p.split_depth, depth(z)), m0 < end_m);
      let first_step = ${firstStep};
      let second_step = ${secondStep};
      ${each(perLane.rows, (r) => `let first${r} = first_at(z, min(m0 + ${r}u, end_m - 1u));`)}
      ${each(perLane.columns, (c) => `let second${c} = second_at(z, min(n0 + ${QUAD * c}u, end_n - 1u));`)}
      ${each(results, (i) => `var sum${i} = 0.0;`)}
      ${rowSums ? each(perLane.rows, (r) => `var row_sum${r} = 0.0;`) : ''}
      for (var k = start; k < end; k += ${QUAD}u) {
        // Past the end, the last depth is read again and the first factor counts as 0.
        let last = end - 1u - k;
        let isWithin = lane <= last;
        let first_k = (k + min(lane, last)) * first_step;
        ${each(
          perLane.rows,
          (r) => `let a${r} = select(0.0, first(first${r} + first_k), isWithin);
                  ${rowSums ? `row_sum${r} += a${r};` : ''}`,
        )}
        ${each(
          QUAD,
          (u) => `{
            let second_k = (k + min(${u}u, last)) * second_step;
            ${each(perLane.columns, (c) => `let b${c} = second(second${c} + second_k);`)}
            ${each(
              perLane.rows,
              (r) => `{
                let a = quadBroadcast(a${r}, ${u}u);
                ${each(perLane.columns, (c) => `sum${r * perLane.columns + c} += a * b${c};`)}
              }`,
            )}
          }`,
        )}
      }
      ${each(
        perLane.rows,
        (r) => `if (m0 + ${r}u < end_m) {
          let at = result_at(z, split, m0 + ${r}u);
          ${each(
            perLane.columns,
            (c) =>
              `if (n0 + ${QUAD * c}u < end_n) { put(z, at, n0 + ${QUAD * c}u, sum${r * perLane.columns + c}); }`,
          )}
        }`,
      )}
      ${
        rowSums
          ? each(
              perLane.rows,
              (r) => `{
                let m = m0 + ${r}u;
                let all = ${Array.from({ length: QUAD }, (_, u) => `quadBroadcast(row_sum${r}, ${u}u)`).join(' + ')};
                if (n0 == 0u && m < end_m) { put_row_sum(z, split, m, all); }
              }`,
            )
          : ''
      }
    }`;
}
