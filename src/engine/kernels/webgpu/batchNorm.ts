// Batch norm on WebGPU: a workgroup has some columns and goes over all rows.
import type { BatchNormAttributes } from '../batchNorm.ts';
import type { NativeKernel } from '../defineKernel.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';
import { COLUMNS, columnSum } from './reductions.ts';

const LANES = 256;

const PLACE = `
  let column = group * ${COLUMNS}u + lane % ${COLUMNS}u;
  let isColumn = column < p.width;
  let first = lane / ${COLUMNS}u;
  let end = select(0u, p.rows, isColumn);`;

/** A loop of every lane over its rows. */
const overRows = (body: string) => `
  for (var row = first; row < end; row += ${LANES / COLUMNS}u) {
    let at = row * p.width + column;
    ${body}
  }`;

const forward: Program<{ relu: boolean }> = {
  name: 'BatchNorm',
  shader: ({ relu }): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', scale: 'f32', offset: 'f32' },
    outputs: { y: 'f32', means: 'f32', variances: 'f32' },
    params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
    code: `
      ${columnSum(LANES)}
      fn run(group: u32, lane: u32) {
        ${PLACE}
        var sum = 0.0;
        ${overRows('sum += x[at];')}
        let mean = column_sum(lane, vec2f(sum)).x / f32(p.rows);
        var squares = 0.0;
        ${overRows('let centred = x[at] - mean; squares += centred * centred;')}
        let variance = column_sum(lane, vec2f(squares)).x / f32(p.rows);
        if (!isColumn) { return; }
        let gain = scale[column] / sqrt(variance + p.epsilon);
        let shift = offset[column];
        ${overRows(`let value = (x[at] - mean) * gain + shift; y[at] = ${relu ? 'max(value, 0.0)' : 'value'};`)}
        if (first == 0u) { means[column] = mean; variances[column] = variance; }
      }`,
  }),
};

/** The sums of the columns. With ReLU, dx is left holding the gradient behind it. */
const toColumns: Program<{ relu: boolean }> = {
  name: 'BatchNormGradient: columns',
  shader: ({ relu }): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', x: 'f32', ...(relu ? { y: 'f32' as const } : {}), means: 'f32', variances: 'f32' },
    outputs: { ...(relu ? { dx: 'f32' as const } : {}), dscale: 'f32', doffset: 'f32' },
    params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
    code: `
      ${columnSum(LANES)}
      fn run(group: u32, lane: u32) {
        ${PLACE}
        let mean = means[min(column, p.width - 1u)];
        let inverse = 1.0 / sqrt(variances[min(column, p.width - 1u)] + p.epsilon);
        var sums = vec2f(0.0);
        ${overRows(`
          let dz = ${relu ? 'select(0.0, dy[at], y[at] > 0.0)' : 'dy[at]'};
          ${relu ? 'dx[at] = dz;' : ''}
          sums += dz * vec2f((x[at] - mean) * inverse, 1.0);`)}
        let both = column_sum(lane, sums);
        if (isColumn && first == 0u) { dscale[column] = both.x; doffset[column] = both.y; }
      }`,
  }),
};

const toInputs: Program<{ relu: boolean }> = {
  name: 'BatchNormGradient: inputs',
  shader: ({ relu }): Shader => ({
    lanes: LANES,
    inputs: {
      ...(relu ? {} : { dy: 'f32' as const }),
      x: 'f32',
      scale: 'f32',
      means: 'f32',
      variances: 'f32',
      dscale: 'f32',
      doffset: 'f32',
    },
    outputs: { dx: 'f32' },
    params: { rows: 'u32', width: 'u32', epsilon: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let at = group * ${LANES}u + lane;
        if (at >= p.rows * p.width) { return; }
        let column = at % p.width;
        let inverse = 1.0 / sqrt(variances[column] + p.epsilon);
        let normed = (x[at] - means[column]) * inverse;
        let mixed = (normed * dscale[column] + doffset[column]) / f32(p.rows);
        dx[at] = (${relu ? 'dx' : 'dy'}[at] - mixed) * scale[column] * inverse;
      }`,
  }),
};

export const batchNorm =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  (inputs, { epsilon, relu }) => {
    const [x] = inputs;
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const outputs = [c.output([rows, width]), c.output([width]), c.output([width])];
    const params = { rows, width, epsilon };
    c.run(forward, { relu }, { inputs, outputs, params, groups: Math.ceil(width / COLUMNS) });
    return outputs;
  };

export const batchNormGradient =
  (c: WebgpuContext): NativeKernel<BatchNormAttributes> =>
  ([dy, x, scale, y, mean, variance], { epsilon, relu }) => {
    if (isEmpty(x)) return null;
    const [rows, width] = x.shape as [number, number];
    const [dx, dscale, doffset] = [c.output([rows, width]), c.output([width]), c.output([width])];
    const params = { rows, width, epsilon };
    c.run(
      toColumns,
      { relu },
      {
        inputs: [dy, x, ...(relu ? [y] : []), mean, variance],
        outputs: [...(relu ? [dx] : []), dscale, doffset],
        params,
        groups: Math.ceil(width / COLUMNS),
      },
    );
    c.run(
      toInputs,
      { relu },
      {
        inputs: [...(relu ? [] : [dy]), x, scale, mean, variance, dscale, doffset],
        outputs: [dx],
        params,
        groups: Math.ceil((rows * width) / LANES),
      },
    );
    return [dx, dscale, doffset];
  };
