// Layer norm on WebGPU. The gradient's first launch does two things side by side: rows give dx, columns the sums for
// scale and offset.
import type { NativeKernel } from '../defineKernel.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';
import { COLUMNS, columnSum, rowSum } from './reductions.ts';
import { addSplits, splitRows } from './splits.ts';

const LANES = 64;

/** Lanes that share a row: about eight values each. */
const lanesPerRow = (width: number) => Math.min(LANES, 2 ** Math.ceil(Math.log2(Math.max(1, width / 8))));

const rowPlace = (perRow: number) => `
  let first = lane % ${perRow}u;
  let slot = group * ${LANES / perRow}u + lane / ${perRow}u;
  let row = min(slot, p.rows - 1u);
  let start = row * p.width;`;

const forward: Program<{ perRow: number }> = {
  name: 'LayerNorm',
  shader: ({ perRow }): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', scale: 'f32', offset: 'f32' },
    outputs: { y: 'f32', means: 'f32', inverses: 'f32' },
    params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
    code: `
      ${rowSum(LANES, perRow)}
      fn run(group: u32, lane: u32) {
        ${rowPlace(perRow)}
        var sum = 0.0;
        for (var i = first; i < p.width; i += ${perRow}u) { sum += x[start + i]; }
        let mean = row_sum(lane, vec2f(sum)).x / f32(p.width);
        var squares = 0.0;
        for (var i = first; i < p.width; i += ${perRow}u) {
          let centred = x[start + i] - mean;
          squares += centred * centred;
        }
        let inverse = 1.0 / sqrt(row_sum(lane, vec2f(squares)).x / f32(p.width) + p.epsilon);
        if (slot >= p.rows) { return; }
        for (var i = first; i < p.width; i += ${perRow}u) {
          y[start + i] = (x[start + i] - mean) * inverse * scale[i] + offset[i];
        }
        if (first == 0u) { means[row] = mean; inverses[row] = inverse; }
      }`,
  }),
};

/** `straight`: one split, whose sums are the gradients; otherwise parts [splits, 2, width]. */
const backward: Program<{ perRow: number; straight: boolean }> = {
  name: 'LayerNormGradient',
  shader: ({ perRow, straight }): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', x: 'f32', scale: 'f32', means: 'f32', inverses: 'f32' },
    outputs: straight ? { dx: 'f32', dscale: 'f32', doffset: 'f32' } : { dx: 'f32', parts: 'f32' },
    params: { rows: 'u32', width: 'u32', row_groups: 'u32', column_groups: 'u32', depth: 'u32' },
    code: `
      ${rowSum(LANES, perRow)}
      ${columnSum(LANES)}
      fn rows_of(group: u32, lane: u32) {
        ${rowPlace(perRow)}
        let mean = means[row];
        let inverse = inverses[row];
        var sums = vec2f(0.0);
        for (var i = first; i < p.width; i += ${perRow}u) {
          let dnormed = dy[start + i] * scale[i];
          sums += vec2f(dnormed, dnormed * (x[start + i] - mean) * inverse);
        }
        let both = row_sum(lane, sums) / f32(p.width);
        if (slot >= p.rows) { return; }
        for (var i = first; i < p.width; i += ${perRow}u) {
          let normed = (x[start + i] - mean) * inverse;
          dx[start + i] = (dy[start + i] * scale[i] - both.x - normed * both.y) * inverse;
        }
      }
      fn columns_of(group: u32, lane: u32) {
        let column = group % p.column_groups * ${COLUMNS}u + lane % ${COLUMNS}u;
        let split = group / p.column_groups;
        let end = min((split + 1u) * p.depth, p.rows);
        var sums = vec2f(0.0);
        if (column < p.width) {
          for (var row = split * p.depth + lane / ${COLUMNS}u; row < end; row += ${LANES / COLUMNS}u) {
            let at = row * p.width + column;
            sums += dy[at] * vec2f((x[at] - means[row]) * inverses[row], 1.0);
          }
        }
        let both = column_sum(lane, sums);
        if (lane >= ${COLUMNS}u || column >= p.width) { return; }
        ${
          straight
            ? 'dscale[column] = both.x; doffset[column] = both.y;'
            : `parts[split * 2u * p.width + column] = both.x;
               parts[(split * 2u + 1u) * p.width + column] = both.y;`
        }
      }
      fn run(group: u32, lane: u32) {
        if (group < p.row_groups) { rows_of(group, lane); } else { columns_of(group - p.row_groups, lane); }
      }`,
  }),
};

export const layerNorm =
  (c: WebgpuContext): NativeKernel<{ epsilon: number }> =>
  ([x, scale, offset], { epsilon }) => {
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const perRow = lanesPerRow(width);
    const outputs = [c.output([rows, width]), c.output([rows, 1]), c.output([rows, 1])];
    c.run(
      forward,
      { perRow },
      {
        inputs: [x, scale, offset],
        outputs,
        params: { rows, width, epsilon },
        groups: Math.ceil((rows * perRow) / LANES),
      },
    );
    return outputs;
  };

export const layerNormGradient =
  (c: WebgpuContext): NativeKernel<Record<string, never>> =>
  (inputs) => {
    const [, x] = inputs;
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const perRow = lanesPerRow(width);
    const [dx, dscale, doffset] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const [rowGroups, columnGroups] = [Math.ceil((rows * perRow) / LANES), Math.ceil(width / COLUMNS)];
    const { splits, depth } = splitRows(rows, columnGroups, 2 * width);
    const parts = splits === 1 ? null : c.output([splits, 2 * width]);
    c.run(
      backward,
      { perRow, straight: splits === 1 },
      {
        inputs,
        outputs: parts ? [dx, parts] : [dx, dscale, doffset],
        params: { rows, width, row_groups: rowGroups, column_groups: columnGroups, depth },
        groups: rowGroups + columnGroups * splits,
      },
    );
    if (parts) addSplits(c, parts, [dscale, doffset]);
    return [dx, dscale, doffset];
  };
