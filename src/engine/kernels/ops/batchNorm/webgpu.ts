// Batch norm on WebGPU: a workgroup has some columns and loops over all rows.

import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { CPU_LANES, columnSum, columnsOf } from '../../runtime/webgpu/reductions.ts';
import {
  type BatchNormAttributes,
  batchNormGradientKernel,
  batchNormKernel,
  moveRunning,
  varianceWeight,
} from './index.ts';

const GPU_LANES = 256;
/** Lanes of a workgroup in the launch without sums. */
const LANES = 64;

const lanesOf = (onCpu: boolean) => (onCpu ? CPU_LANES : GPU_LANES);

const place = (onCpu: boolean) => `
  let column = group * ${columnsOf(onCpu)}u + lane % ${columnsOf(onCpu)}u;
  let isColumn = column < p.width;
  let first = lane / ${columnsOf(onCpu)}u;
  let end = select(0u, p.rows, isColumn);`;

/** A loop of every lane over its rows. */
const overRows = (onCpu: boolean, body: string) => `
  for (var row = first; row < end; row += ${lanesOf(onCpu) / columnsOf(onCpu)}u) {
    let at = row * p.width + column;
    ${body}
  }`;

const forward = program({
  name: 'BatchNorm',
  params: {
    rows: 'u32',
    width: 'u32',
    epsilon: 'f32',
    momentum: 'f32',
    variance_weight: 'f32',
    counters: 'u32',
  },
  shader: ({ relu, running, onCpu }: { relu: boolean; running: boolean; onCpu: boolean }): Shader => ({
    lanes: lanesOf(onCpu),
    inputs: { x: 'f32', scale: 'f32', offset: 'f32' },
    outputs: {
      y: 'f32',
      means: 'f32',
      variances: 'f32',
      ...(running ? { running_means: 'f32', running_variances: 'f32', batches: 'f32' } : {}),
    },
    code: `
      ${columnSum(lanesOf(onCpu), columnsOf(onCpu))}
      fn run(group: u32, lane: u32) {
        ${place(onCpu)}
        var sum = 0.0;
        ${overRows(onCpu, 'sum += x[at];')}
        let mean = column_sum(lane, vec2f(sum)).x / f32(p.rows);
        var squares = 0.0;
        ${overRows(onCpu, 'let centred = x[at] - mean; squares += centred * centred;')}
        let variance = column_sum(lane, vec2f(squares)).x / f32(p.rows);
        if (!isColumn) { return; }
        let gain = scale[column] / sqrt(variance + p.epsilon);
        let shift = offset[column];
        ${overRows(onCpu, `let value = (x[at] - mean) * gain + shift; y[at] = ${relu ? 'max(value, 0.0)' : 'value'};`)}
        if (first != 0u) { return; }
        means[column] = mean;
        variances[column] = variance;
        ${
          running
            ? `let keep = 1.0 - p.momentum;
               running_means[column] = running_means[column] * keep + mean * p.momentum;
               running_variances[column] = running_variances[column] * keep + variance * p.variance_weight;
               if (column == 0u) { for (var i = 0u; i < p.counters; i++) { batches[i] += 1.0; } }`
            : ''
        }
      }`,
  }),
});

/** The sums of the columns, [2, width]: scale, offset. With ReLU, dx temporarily holds the gradient before the ReLU. */
const toColumns = program({
  name: 'BatchNormGradient: columns',
  params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
  shader: ({ relu, onCpu }: { relu: boolean; onCpu: boolean }): Shader => ({
    lanes: lanesOf(onCpu),
    inputs: { dy: 'f32', x: 'f32', ...(relu ? { y: 'f32' as const } : {}), means: 'f32', variances: 'f32' },
    outputs: { ...(relu ? { dx: 'f32' as const } : {}), both_sums: 'f32' },
    code: `
      ${columnSum(lanesOf(onCpu), columnsOf(onCpu))}
      fn run(group: u32, lane: u32) {
        ${place(onCpu)}
        let mean = means[min(column, p.width - 1u)];
        let inverse = 1.0 / sqrt(variances[min(column, p.width - 1u)] + p.epsilon);
        var sums = vec2f(0.0);
        ${overRows(
          onCpu,
          `
          let dz = ${relu ? 'select(0.0, dy[at], y[at] > 0.0)' : 'dy[at]'};
          ${relu ? 'dx[at] = dz;' : ''}
          sums += dz * vec2f((x[at] - mean) * inverse, 1.0);`,
        )}
        let both = column_sum(lane, sums);
        if (isColumn && first == 0u) { both_sums[column] = both.x; both_sums[p.width + column] = both.y; }
      }`,
  }),
});

const toInputs = program({
  name: 'BatchNormGradient: inputs',
  params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
  shader: ({ relu }: { relu: boolean }): Shader => ({
    lanes: LANES,
    inputs: {
      ...(relu ? {} : { dy: 'f32' as const }),
      x: 'f32',
      scale: 'f32',
      means: 'f32',
      variances: 'f32',
      both_sums: 'f32',
    },
    outputs: { dx: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let at = group * ${LANES}u + lane;
        if (at >= p.rows * p.width) { return; }
        let column = at % p.width;
        let inverse = 1.0 / sqrt(variances[column] + p.epsilon);
        let normed = (x[at] - means[column]) * inverse;
        let mixed = (normed * both_sums[column] + both_sums[p.width + column]) / f32(p.rows);
        dx[at] = (${relu ? 'dx' : 'dy'}[at] - mixed) * scale[column] * inverse;
      }`,
  }),
});

const batchNorm =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  (inputs, { epsilon, relu, running }) => {
    const [x] = inputs;
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const [y, mean, variance] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const kept = running ? [running.mean, running.variance, running.batches] : [];
    const inPlace = kept.length > 0 && c.maxBuffers >= 9 && kept.every((t) => c.isSoleOwner(t));
    c.run(
      forward,
      { relu, running: inPlace, onCpu: c.onCpu },
      {
        inputs,
        outputs: [y, mean, variance, ...(inPlace ? kept : [])],
        params: {
          rows,
          width,
          epsilon,
          momentum: running?.momentum ?? 0,
          variance_weight: running ? varianceWeight(rows, running) : 0,
          counters: running?.batches.size ?? 0,
        },
        groups: Math.ceil(width / columnsOf(c.onCpu)),
      },
    );
    if (inPlace) for (const t of kept) c.keepNoCopies(t);
    else moveRunning(running, mean, variance, rows);
    return [y, mean, variance];
  };

const batchNormGradient =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, mean, variance], { epsilon, relu }) => {
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const [dx, sums] = [c.output([rows, width]), c.output([1, 2 * width])];
    const params = { rows, width, epsilon };
    c.run(
      toColumns,
      { relu, onCpu: c.onCpu },
      {
        inputs: [dy, x, ...(relu ? [y] : []), mean, variance],
        outputs: [...(relu ? [dx] : []), sums],
        params,
        groups: Math.ceil(width / columnsOf(c.onCpu)),
      },
    );
    c.run(
      toInputs,
      { relu },
      {
        inputs: [...(relu ? [] : [dy]), x, scale, mean, variance, sums],
        outputs: [dx],
        params,
        groups: Math.ceil((rows * width) / LANES),
      },
    );
    return [dx, ...c.sumsOf(sums, [[width], [width]])];
  };

export const batchNormNatives = (c: WebgpuContext): NativeEntry[] => [
  native(batchNormKernel, batchNorm(c)),
  native(batchNormGradientKernel, batchNormGradient(c)),
];
