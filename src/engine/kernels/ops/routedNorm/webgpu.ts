// Batch norm of experts that get some of the rows, on WebGPU: a workgroup has some columns and goes over the rows of their
// experts.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { CPU_LANES, columnSum, columnsOf } from '../../runtime/webgpu/reductions.ts';
import type { BatchNormAttributes, RunningStatistics } from '../batchNorm/index.ts';
import { ROUTES } from '../routeRows/webgpu.ts';
import { moveRoutedRunning, routedNormGradientKernel, routedNormKernel } from './index.ts';

const GPU_LANES = 256;

const lanesOf = (onCpu: boolean) => (onCpu ? CPU_LANES : GPU_LANES);

const place = (onCpu: boolean) => `
  let column = group * ${columnsOf(onCpu)}u + lane % ${columnsOf(onCpu)}u;
  let isColumn = column < p.columns;
  let first = lane / ${columnsOf(onCpu)}u;
  let expert = min(column, p.columns - 1u) / p.width;
  let end = select(0u, count(expert), isColumn);
  let rows = f32(max(end, 1u));`;

/** A loop of every lane over the rows of its column's expert, in the expert's block. */
const overRows = (onCpu: boolean, body: string) => `
  for (var row = first; row < end; row += ${lanesOf(onCpu) / columnsOf(onCpu)}u) {
    let at = (expert * p.rows + row) * p.width + column % p.width;
    ${body}
  }`;

/** `columns`: of all experts; `width`: of one. */
const NORM = { rows: 'u32', columns: 'u32', width: 'u32', epsilon: 'f32' } as const;

const norm = program({
  name: 'RoutedNorm',
  params: { ...NORM, momentum: 'f32' },
  shader: ({ relu, running, onCpu }: { relu: boolean; running: boolean; onCpu: boolean }): Shader => ({
    lanes: lanesOf(onCpu),
    inputs: { x: 'f32', scale: 'f32', offset: 'f32', routes: 'f32' },
    outputs: {
      y: 'f32',
      statistics: 'f32',
      ...(running ? { running_means: 'f32', running_variances: 'f32', batches: 'f32' } : {}),
    },
    code: `
      ${ROUTES}
      ${columnSum(lanesOf(onCpu), columnsOf(onCpu))}
      fn run(group: u32, lane: u32) {
        ${place(onCpu)}
        var sum = 0.0;
        ${overRows(onCpu, 'sum += x[at];')}
        let mean = column_sum(lane, vec2f(sum)).x / rows;
        var squares = 0.0;
        ${overRows(onCpu, 'let centred = x[at] - mean; squares += centred * centred;')}
        let variance = column_sum(lane, vec2f(squares)).x / rows;
        if (!isColumn) { return; }
        let gain = scale[column] / sqrt(variance + p.epsilon);
        let shift = offset[column];
        ${overRows(onCpu, `let value = (x[at] - mean) * gain + shift; y[at] = ${relu ? 'max(value, 0.0)' : 'value'};`)}
        if (first != 0u) { return; }
        statistics[column] = mean;
        statistics[p.columns + column] = variance;
        ${
          running
            ? `if (end < 2u) { return; }
               running_means[column] += p.momentum * (mean - running_means[column]);
               let unbiased = variance * rows / (rows - 1.0);
               running_variances[column] += p.momentum * (unbiased - running_variances[column]);
               if (column % p.width == 0u) { batches[expert] += 1.0; }`
            : ''
        }
      }`,
  }),
});

/** One launch: the sums of a column are needed by its own rows only. */
const normGradient = program({
  name: 'RoutedNormGradient',
  params: NORM,
  shader: ({ relu, onCpu }: { relu: boolean; onCpu: boolean }): Shader => ({
    lanes: lanesOf(onCpu),
    inputs: {
      dy: 'f32',
      x: 'f32',
      scale: 'f32',
      ...(relu ? { y: 'f32' as const } : {}),
      statistics: 'f32',
      routes: 'f32',
    },
    outputs: { dx: 'f32', both_sums: 'f32' },
    code: `
      ${ROUTES}
      ${columnSum(lanesOf(onCpu), columnsOf(onCpu))}
      fn dz(at: u32) -> f32 { return ${relu ? 'select(0.0, dy[at], y[at] > 0.0)' : 'dy[at]'}; }
      fn run(group: u32, lane: u32) {
        ${place(onCpu)}
        let mean = statistics[min(column, p.columns - 1u)];
        let inverse = 1.0 / sqrt(statistics[p.columns + min(column, p.columns - 1u)] + p.epsilon);
        var sums = vec2f(0.0);
        ${overRows(onCpu, 'sums += dz(at) * vec2f((x[at] - mean) * inverse, 1.0);')}
        let both = column_sum(lane, sums);
        if (!isColumn) { return; }
        let gain = scale[column] * inverse;
        ${overRows(onCpu, 'dx[at] = (dz(at) - ((x[at] - mean) * inverse * both.x + both.y) / rows) * gain;')}
        if (first == 0u) { both_sums[column] = both.x; both_sums[p.columns + column] = both.y; }
      }`,
  }),
});

const variablesOf = (running: RunningStatistics | undefined) =>
  running ? [running.mean, running.variance, running.batches] : [];

/** Rows of a block, columns of all experts, columns of one. */
const sizesOf = (x: tf.Tensor, table: tf.Tensor) => {
  const [all, width] = x.shape as [number, number];
  const experts = table.shape[0] as number;
  return { rows: all / experts, columns: experts * width, width };
};

const routedNorm =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  ([x, scale, offset, table], { epsilon, relu, running }) => {
    if (isEmpty(x)) return null;
    const sizes = sizesOf(x, table);
    const [y, statistics] = [c.output(x.shape), c.output([2, sizes.columns])];
    const kept = variablesOf(running);
    const inPlace = kept.length > 0 && c.maxBuffers >= 9 && kept.every((t) => c.isSoleOwner(t));
    c.run(
      norm,
      { relu, running: inPlace, onCpu: c.onCpu },
      {
        inputs: [x, scale, offset, table],
        outputs: [y, statistics, ...(inPlace ? kept : [])],
        params: { ...sizes, epsilon, momentum: running?.momentum ?? 0 },
        groups: Math.ceil(sizes.columns / columnsOf(c.onCpu)),
      },
    );
    if (inPlace) for (const t of kept) c.keepNoCopies(t);
    else moveRoutedRunning(running, statistics, table);
    return [y, statistics];
  };

const routedNormGradient =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, statistics, table], { epsilon, relu }) => {
    if (isEmpty(x)) return null;
    const sizes = sizesOf(x, table);
    const { columns } = sizes;
    const [dx, sums] = [c.output(x.shape), c.output([1, 2 * columns])];
    c.run(
      normGradient,
      { relu, onCpu: c.onCpu },
      {
        inputs: [dy, x, scale, ...(relu ? [y] : []), statistics, table],
        outputs: [dx, sums],
        params: { ...sizes, epsilon },
        groups: Math.ceil(columns / columnsOf(c.onCpu)),
      },
    );
    return [dx, ...c.sumsOf(sums, [[columns], [columns]])];
  };

export const routedNormNatives = (c: WebgpuContext): NativeEntry[] => [
  native(routedNormKernel, routedNorm(c)),
  native(routedNormGradientKernel, routedNormGradient(c)),
];
