// Layer norm on WebGPU. The gradient's first launch does two things in parallel: rows give dx, columns the sums for scale and
// offset.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { CPU_LANES, columnSum, columnsOf, rowSum } from '../../runtime/webgpu/reductions.ts';
import { splitRows } from '../../runtime/webgpu/splits.ts';
import { type LayerNormAttributes, layerNormGradientKernel, layerNormKernel } from './index.ts';

const GPU_LANES = 64;

interface Lanes {
  /** Lanes of a workgroup. */
  lanes: number;
  /** Lanes that share a row. */
  perRow: number;
  /** Columns whose sums a workgroup computes. */
  columns: number;
}

/** Lanes of a GPU take about eight values of a row each. */
function lanesFor(width: number, onCpu: boolean): Lanes {
  const columns = columnsOf(onCpu);
  if (onCpu) return { lanes: CPU_LANES, perRow: 1, columns };
  const perRow = Math.min(GPU_LANES, 2 ** Math.ceil(Math.log2(Math.max(1, width / 8))));
  return { lanes: GPU_LANES, perRow, columns };
}

const rowPlace = (lanes: number, perRow: number) => `
  let first = lane % ${perRow}u;
  let slot = group * ${lanes / perRow}u + lane / ${perRow}u;
  let row = min(slot, p.rows - 1u);
  let start = row * p.width;`;

const forward = program({
  name: 'LayerNorm',
  params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
  shader: ({ lanes, perRow }: Lanes): Shader => ({
    lanes,
    inputs: { x: 'f32', scale: 'f32', offset: 'f32' },
    outputs: { y: 'f32', means: 'f32', inverses: 'f32' },
    code: `
      ${rowSum(lanes, perRow)}
      fn run(group: u32, lane: u32) {
        ${rowPlace(lanes, perRow)}
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
});

/** Scale and offset over a split of the rows, into parts [splits, 2, width]. */
const backward = program({
  name: 'LayerNormGradient',
  params: { rows: 'u32', width: 'u32', row_groups: 'u32', column_groups: 'u32', depth: 'u32' },
  shader: ({ lanes, perRow, columns, skip }: Lanes & { skip: boolean }): Shader => ({
    lanes,
    inputs: {
      dy: 'f32',
      x: 'f32',
      scale: 'f32',
      means: 'f32',
      inverses: 'f32',
      ...(skip ? { dskip: 'f32' as const } : {}),
    },
    outputs: { dx: 'f32', parts: 'f32' },
    code: `
      ${rowSum(lanes, perRow)}
      ${columnSum(lanes, columns)}
      fn rows_of(group: u32, lane: u32) {
        ${rowPlace(lanes, perRow)}
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
          // A single column is 0 after normalisation, whatever its value; with a fused multiply-add, it would keep a remainder
          // that 1 / sqrt(eps) enlarges.
          let centred = select(dy[start + i] * scale[i] - both.x - normed * both.y, 0.0, p.width == 1u);
          dx[start + i] = centred * inverse${skip ? ' + dskip[start + i]' : ''};
        }
      }
      fn columns_of(group: u32, lane: u32) {
        let column = group % p.column_groups * ${columns}u + lane % ${columns}u;
        let split = group / p.column_groups;
        let end = min((split + 1u) * p.depth, p.rows);
        var sums = vec2f(0.0);
        if (column < p.width) {
          for (var row = split * p.depth + lane / ${columns}u; row < end; row += ${lanes / columns}u) {
            let at = row * p.width + column;
            sums += dy[at] * vec2f((x[at] - means[row]) * inverses[row], 1.0);
          }
        }
        let both = column_sum(lane, sums);
        if (lane >= ${columns}u || column >= p.width) { return; }
        parts[split * 2u * p.width + column] = both.x;
        parts[(split * 2u + 1u) * p.width + column] = both.y;
      }
      fn run(group: u32, lane: u32) {
        if (group < p.row_groups) { rows_of(group, lane); } else { columns_of(group - p.row_groups, lane); }
      }`,
  }),
});

const layerNorm =
  (c: WebgpuContext): NativeKernel<LayerNormAttributes> =>
  ([x, scale, offset], { epsilon, skip }) => {
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const lanes = lanesFor(width, c.onCpu);
    const outputs = [c.output([rows, width]), c.output([rows, 1]), c.output([rows, 1])];
    c.run(forward, lanes, {
      inputs: [x, scale, offset],
      outputs,
      params: { rows, width, epsilon },
      groups: Math.ceil((rows * lanes.perRow) / lanes.lanes),
    });
    return skip ? [...outputs, x.clone()] : outputs;
  };

const layerNormGradient =
  (c: WebgpuContext): NativeKernel<Record<string, never>> =>
  (inputs) => {
    const [, x] = inputs;
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const lanes = lanesFor(width, c.onCpu);
    const dx = c.output([rows, width]);
    const rowGroups = Math.ceil((rows * lanes.perRow) / lanes.lanes);
    const columnGroups = Math.ceil(width / lanes.columns);
    const { splits, depth } = splitRows(rows, columnGroups, 2 * width, c.tuning.enoughGroups);
    const parts = c.output([splits, 2 * width]);
    c.run(
      backward,
      { ...lanes, skip: inputs.length > 5 },
      {
        inputs,
        outputs: [dx, parts],
        params: { rows, width, row_groups: rowGroups, column_groups: columnGroups, depth },
        groups: rowGroups + columnGroups * splits,
      },
    );
    return [dx, ...c.sumsOf(parts, [[width], [width]])];
  };

export const layerNormNatives = (c: WebgpuContext): NativeEntry[] => [
  native(layerNormKernel, layerNorm(c)),
  native(layerNormGradientKernel, layerNormGradient(c)),
];
