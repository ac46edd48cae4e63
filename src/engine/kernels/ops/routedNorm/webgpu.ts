// Batch norm of experts that get some of the rows, on WebGPU: a workgroup has some columns and goes over the rows of their
// expert.

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
  let isColumn = column < p.width;
  let first = lane / ${columnsOf(onCpu)}u;
  let end = select(0u, count(min(column, p.width - 1u) / p.expert_width), isColumn);
  let rows = f32(max(end, 1u));`;

/** A loop of every lane over the rows of its column's expert. */
const overRows = (onCpu: boolean, body: string) => `
  for (var row = first; row < end; row += ${lanesOf(onCpu) / columnsOf(onCpu)}u) {
    let at = row * p.width + column;
    ${body}
  }`;

const NORM = { rows: 'u32', width: 'u32', expert_width: 'u32', epsilon: 'f32' } as const;

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
        statistics[p.width + column] = variance;
        ${
          running
            ? `if (end < 2u) { return; }
               running_means[column] += p.momentum * (mean - running_means[column]);
               let unbiased = variance * rows / (rows - 1.0);
               running_variances[column] += p.momentum * (unbiased - running_variances[column]);
               if (column % p.expert_width == 0u) { batches[column / p.expert_width] += 1.0; }`
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
        let mean = statistics[min(column, p.width - 1u)];
        let inverse = 1.0 / sqrt(statistics[p.width + min(column, p.width - 1u)] + p.epsilon);
        var sums = vec2f(0.0);
        ${overRows(onCpu, 'sums += dz(at) * vec2f((x[at] - mean) * inverse, 1.0);')}
        let both = column_sum(lane, sums);
        if (!isColumn) { return; }
        let gain = scale[column] * inverse;
        ${overRows(onCpu, 'dx[at] = (dz(at) - ((x[at] - mean) * inverse * both.x + both.y) / rows) * gain;')}
        if (first == 0u) { both_sums[column] = both.x; both_sums[p.width + column] = both.y; }
      }`,
  }),
});

const variablesOf = (running: RunningStatistics | undefined) =>
  running ? [running.mean, running.variance, running.batches] : [];

const routedNorm =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  ([x, scale, offset, table], { epsilon, relu, running }) => {
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const [y, statistics] = [c.output([rows, width]), c.output([2, width])];
    const kept = variablesOf(running);
    const inPlace = kept.length > 0 && c.maxBuffers >= 9 && kept.every((t) => c.isSoleOwner(t));
    c.run(
      norm,
      { relu, running: inPlace, onCpu: c.onCpu },
      {
        inputs: [x, scale, offset, table],
        outputs: [y, statistics, ...(inPlace ? kept : [])],
        params: {
          rows,
          width,
          expert_width: width / (table.shape[0] as number),
          epsilon,
          momentum: running?.momentum ?? 0,
        },
        groups: Math.ceil(width / columnsOf(c.onCpu)),
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
    const [rows, width] = x.shape as [number, number];
    const [dx, sums] = [c.output([rows, width]), c.output([1, 2 * width])];
    c.run(
      normGradient,
      { relu, onCpu: c.onCpu },
      {
        inputs: [dy, x, scale, ...(relu ? [y] : []), statistics, table],
        outputs: [dx, sums],
        params: { rows, width, expert_width: width / (table.shape[0] as number), epsilon },
        groups: Math.ceil(width / columnsOf(c.onCpu)),
      },
    );
    return [dx, ...c.sumsOf(sums, [[width], [width]])];
  };

export const routedNormNatives = (c: WebgpuContext): NativeEntry[] => [
  native(routedNormKernel, routedNorm(c)),
  native(routedNormGradientKernel, routedNormGradient(c)),
];
