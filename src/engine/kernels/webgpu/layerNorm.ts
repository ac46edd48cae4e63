// Layer norm on WebGPU. The gradient's first launch does two things side by side: rows give dx, columns the sums for
// scale and offset.
import type { NativeKernel } from '../defineKernel.ts';
import type { LayerNormAttributes } from '../layerNorm.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';
import { COLUMNS, columnSum, rowSum } from './reductions.ts';
import { splitRows } from './splits.ts';

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

/** Scale and offset over a split of the rows, into parts [splits, 2, width]. */
const backward: Program<{ perRow: number; skip: boolean }> = {
  name: 'LayerNormGradient',
  shader: ({ perRow, skip }): Shader => ({
    lanes: LANES,
    inputs: {
      dy: 'f32',
      x: 'f32',
      scale: 'f32',
      means: 'f32',
      inverses: 'f32',
      ...(skip ? { dskip: 'f32' as const } : {}),
    },
    outputs: { dx: 'f32', parts: 'f32' },
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
          dx[start + i] = (dy[start + i] * scale[i] - both.x - normed * both.y) * inverse${skip ? ' + dskip[start + i]' : ''};
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
        parts[split * 2u * p.width + column] = both.x;
        parts[(split * 2u + 1u) * p.width + column] = both.y;
      }
      fn run(group: u32, lane: u32) {
        if (group < p.row_groups) { rows_of(group, lane); } else { columns_of(group - p.row_groups, lane); }
      }`,
  }),
};

export const layerNorm =
  (c: WebgpuContext): NativeKernel<LayerNormAttributes> =>
  ([x, scale, offset], { epsilon, skip }) => {
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
    return skip ? [...outputs, x.clone()] : outputs;
  };

export const layerNormGradient =
  (c: WebgpuContext): NativeKernel<Record<string, never>> =>
  (inputs) => {
    const [, x] = inputs;
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const perRow = lanesPerRow(width);
    const dx = c.output([rows, width]);
    const [rowGroups, columnGroups] = [Math.ceil((rows * perRow) / LANES), Math.ceil(width / COLUMNS)];
    const { splits, depth } = splitRows(rows, columnGroups, 2 * width, c.enoughGroups);
    const parts = c.output([splits, 2 * width]);
    c.run(
      backward,
      { perRow, skip: inputs.length > 5 },
      {
        inputs,
        outputs: [dx, parts],
        params: { rows, width, row_groups: rowGroups, column_groups: columnGroups, depth },
        groups: rowGroups + columnGroups * splits,
      },
    );
    return [dx, ...c.sumsOf(parts, [[width], [width]])];
  };
