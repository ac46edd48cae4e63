// Linear layers and their gradients on WebGPU: the activation is fused into the store, its derivative into the load of a
// gradient, so neither is a launch of its own.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { lanesOf, productCode, sumTileFor, tileFor } from '../../runtime/webgpu/product.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { splitRows } from '../../runtime/webgpu/splits.ts';
import type { Tile } from '../../runtime/webgpu/tile.ts';
import {
  type Activation,
  type LinearAttributes,
  linearGradientKernel,
  linearKernel,
  linearOutputShape,
} from './index.ts';

interface Baked {
  activation: Activation;
  layout: LinearAttributes['layout'];
  /** All groups have the same width. */
  even: boolean;
  tile: Tile;
}

const PARAMS = {
  tiles_m: 'u32',
  tiles_n: 'u32',
  splits: 'u32',
  split_depth: 'u32',
  /** Rows of a group. */
  rows: 'u32',
  inputs: 'u32',
  width: 'u32',
  /** Floats from group to group and from row to row. */
  x_group: 'u32',
  x_row: 'u32',
  y_group: 'u32',
  y_row: 'u32',
} as const;

/** Of groups as wide as the first. */
const flops = (_: unknown, p: Record<keyof typeof PARAMS, number>, groups: number) =>
  (2 * p.rows * p.inputs * p.width * groups) / (p.tiles_m * p.tiles_n * p.splits);

/** Positions of groups. `starts` holds the first output of each group and their total. */
const places = ({ layout, even }: Baked) => `
  fn first_output(z: u32) -> u32 { return ${even ? 'z * p.width' : 'starts[z]'}; }
  fn outputs(z: u32) -> u32 { return ${even ? 'p.width' : 'starts[z + 1u] - starts[z]'}; }
  fn x_at(z: u32, row: u32, i: u32) -> u32 { return z * p.x_group + row * p.x_row + i; }
  fn y_at(z: u32, row: u32, o: u32) -> u32 {
    return ${layout === 'columns' ? 'first_output(z)' : 'z * p.y_group'} + row * p.y_row + o;
  }`;

/**
 * GELU and its derivative. The error function is formula 7.1.26 of Abramowitz and Stegun (1964), as in tfjs, with an error
 * below 1.5e-7; computed from the nearer tail, so that nothing cancels far to the left.
 */
const GELU = `
  fn gelu(x: f32) -> vec2f {
    let t = 1.0 / (1.0 + 0.3275911 * ${Math.SQRT1_2} * abs(x));
    let e = exp(-0.5 * x * x);
    let tail = 0.5 * e * t *
      (((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592);
    let cdf = select(tail, 1.0 - tail, x > 0.0);
    return vec2f(x * cdf, cdf + x * e * ${1 / Math.sqrt(2 * Math.PI)});
  }`;

const startsInput = (even: boolean): Record<string, 'u32'> => (even ? {} : { starts: 'u32' });

/** `slope` is written for GELU: both results of the forward pass share an exponential. */
const forward = program({
  name: 'Linear',
  params: PARAMS,
  flops,
  shader(baked: Baked & { residual: boolean }): Shader {
    const { activation, tile, even, residual } = baked;
    const put = {
      none: `y[at] = z_value${residual ? ' + residual[at]' : ''};`,
      relu: 'y[at] = max(z_value, 0.0);',
      gelu: 'let g = gelu(z_value); y[at] = g.x; slope[at] = g.y;',
    }[activation];
    return {
      lanes: lanesOf(tile),
      inputs: {
        x: 'f32',
        weight: 'f32',
        bias: 'f32',
        ...(residual ? { residual: 'f32' as const } : {}),
        ...startsInput(even),
      },
      outputs: activation === 'gelu' ? { y: 'f32', slope: 'f32' } : { y: 'f32' },
      code: `
        ${places(baked)}
        ${activation === 'gelu' ? GELU : ''}
        fn rows(z: u32) -> u32 { return p.rows; }
        fn columns(z: u32) -> u32 { return outputs(z); }
        fn depth(z: u32) -> u32 { return p.inputs; }
        fn first_at(z: u32, m: u32) -> u32 { return x_at(z, m, 0u); }
        fn second_at(z: u32, n: u32) -> u32 { return (first_output(z) + n) * p.inputs; }
        fn first(at: u32) -> f32 { return x[at]; }
        fn second(at: u32) -> f32 { return weight[at]; }
        fn result_at(z: u32, split: u32, m: u32) -> u32 { return y_at(z, m, 0u); }
        fn put(z: u32, row_at: u32, n: u32, value: f32) {
          let at = row_at + n;
          let z_value = value + bias[first_output(z) + n];
          ${put}
        }
        ${productCode({ tile, firstStep: '1u', secondStep: '1u', rowSums: false })}`,
    };
  },
});

/** `saved`: y for ReLU, the derivative for GELU, nothing otherwise. */
const savedInput = (activation: Activation): Record<string, 'f32'> =>
  activation === 'none' ? {} : { saved: 'f32' };

const derivative = (activation: Activation) => `
  fn dz(at: u32) -> f32 {
    return ${{ none: 'dy[at]', relu: 'select(0.0, dy[at], saved[at] > 0.0)', gelu: 'dy[at] * saved[at]' }[activation]};
  }`;

const toInputs = program({
  name: 'LinearGradient: inputs',
  params: PARAMS,
  flops,
  shader(baked: Baked): Shader {
    const { activation, tile, even } = baked;
    return {
      lanes: lanesOf(tile),
      inputs: { dy: 'f32', ...savedInput(activation), weight: 'f32', ...startsInput(even) },
      outputs: { dx: 'f32' },
      code: `
        ${places(baked)}
        ${derivative(activation)}
        fn rows(z: u32) -> u32 { return p.rows; }
        fn columns(z: u32) -> u32 { return p.inputs; }
        fn depth(z: u32) -> u32 { return outputs(z); }
        fn first_at(z: u32, m: u32) -> u32 { return y_at(z, m, 0u); }
        fn second_at(z: u32, n: u32) -> u32 { return first_output(z) * p.inputs + n; }
        fn first(at: u32) -> f32 { return dz(at); }
        fn second(at: u32) -> f32 { return weight[at]; }
        fn result_at(z: u32, split: u32, m: u32) -> u32 { return x_at(z, m, 0u); }
        fn put(z: u32, row_at: u32, n: u32, value: f32) { dx[row_at + n] = value; }
        ${productCode({ tile, firstStep: '1u', secondStep: 'p.inputs', rowSums: false })}`,
    };
  },
});

/** Weights and biases over a split of the rows, into [splits, weights, biases]. */
const toWeights = program({
  name: 'LinearGradient: weights',
  params: { ...PARAMS, total: 'u32' },
  flops,
  shader(baked: Baked & { biasCancels: boolean }): Shader {
    const { activation, tile, even, biasCancels } = baked;
    return {
      lanes: lanesOf(tile),
      inputs: { dy: 'f32', ...savedInput(activation), x: 'f32', ...startsInput(even) },
      outputs: { parts: 'f32' },
      code: `
        ${places(baked)}
        ${derivative(activation)}
        fn rows(z: u32) -> u32 { return outputs(z); }
        fn columns(z: u32) -> u32 { return p.inputs; }
        fn depth(z: u32) -> u32 { return p.rows; }
        fn first_at(z: u32, m: u32) -> u32 { return y_at(z, 0u, m); }
        fn second_at(z: u32, n: u32) -> u32 { return x_at(z, 0u, n); }
        fn first(at: u32) -> f32 { return dz(at); }
        fn second(at: u32) -> f32 { return x[at]; }
        fn result_at(z: u32, split: u32, m: u32) -> u32 {
          return split * p.total * (p.inputs + 1u) + (first_output(z) + m) * p.inputs;
        }
        fn put(z: u32, row_at: u32, n: u32, value: f32) { parts[row_at + n] = value; }
        fn put_row_sum(z: u32, split: u32, m: u32, value: f32) {
          let at = p.total * p.inputs + first_output(z) + m;
          parts[split * p.total * (p.inputs + 1u) + at] = ${biasCancels ? '0.0' : 'value'};
        }
        ${productCode({ tile, firstStep: 'p.y_row', secondStep: 'p.x_row', rowSums: true })}`,
    };
  },
});

/** Sizes, parameters and the constant that the launches of one layer share. */
function layer(c: WebgpuContext, x: tf.Tensor, weight: tf.Tensor, attributes: LinearAttributes) {
  const { activation, widths, layout } = attributes;
  const groups = widths.length;
  const [total, inputs] = weight.shape as [number, number];
  const all = x.shape[0] as number;
  const rows = layout === 'columns' ? all : all / groups;
  const width = widths[0] as number;
  const even = widths.every((w) => w === width);
  const starts = () => {
    const firsts = new Uint32Array(groups + 1);
    widths.forEach((w, g) => {
      firsts[g + 1] = (firsts[g] as number) + w;
    });
    return firsts;
  };
  return {
    baked: { activation, layout, even },
    constants: even ? [] : [c.constant(`starts ${widths.join()}`, starts)],
    groups,
    total,
    inputs,
    rows,
    widest: Math.max(...widths),
    params:
      layout === 'columns'
        ? { rows, inputs, width, x_group: inputs, x_row: groups * inputs, y_group: 0, y_row: total }
        : { rows, inputs, width, x_group: rows * inputs, x_row: inputs, y_group: rows * width, y_row: width },
  };
}

const tilesOf = (tile: Tile, rows: number, columns: number) => ({
  tiles_m: Math.ceil(rows / tile.rows),
  tiles_n: Math.ceil(columns / tile.columns),
});

const linear =
  (c: WebgpuContext): NativeKernel<LinearAttributes> =>
  ([x, weight, bias, ...residual], attributes) => {
    if (isEmpty(x, weight)) return null;
    const { activation } = attributes;
    const { baked, constants, params, groups, rows, inputs, widest } = layer(c, x, weight, attributes);
    const shape = linearOutputShape(x.shape, weight.shape, attributes);
    const y = c.output(shape);
    const slope = c.output(activation === 'gelu' ? shape : [0]);
    const tile = tileFor(rows, widest, inputs, groups, c.tuning);
    const tiles = tilesOf(tile, rows, widest);
    c.run(
      forward,
      { ...baked, tile, residual: residual.length > 0 },
      {
        inputs: [x, weight, bias, ...residual, ...constants],
        outputs: activation === 'gelu' ? [y, slope] : [y],
        params: { ...params, ...tiles, splits: 1, split_depth: inputs },
        groups: groups * tiles.tiles_m * tiles.tiles_n,
      },
    );
    return [y, activation === 'relu' ? y.clone() : slope];
  };

const linearGradient =
  (c: WebgpuContext): NativeKernel<LinearAttributes> =>
  ([dy, saved, x, weight], attributes) => {
    if (isEmpty(x, weight)) return null;
    const { baked, constants, params, groups, total, rows, inputs, widest } = layer(c, x, weight, attributes);
    const derivatives = attributes.activation === 'none' ? [] : [saved];
    const dx = attributes.constantInputs ? null : c.output(x.shape);
    if (dx) {
      const tile = tileFor(rows, inputs, widest, groups, c.tuning);
      const tiles = tilesOf(tile, rows, inputs);
      c.run(
        toInputs,
        { ...baked, tile },
        {
          inputs: [dy, ...derivatives, weight, ...constants],
          outputs: [dx],
          params: { ...params, ...tiles, splits: 1, split_depth: widest },
          groups: groups * tiles.tiles_m * tiles.tiles_n,
        },
      );
    }
    const weightTile = sumTileFor(widest, inputs, groups, c.tuning);
    const weightTiles = tilesOf(weightTile, widest, inputs);
    const perSplit = groups * weightTiles.tiles_m * weightTiles.tiles_n;
    const { splits, depth } = splitRows(rows, perSplit, total * (inputs + 1), c.tuning.enoughGroups);
    const parts = c.output([splits, total * (inputs + 1)]);
    c.run(
      toWeights,
      { ...baked, tile: weightTile, biasCancels: attributes.biasCancels ?? false },
      {
        inputs: [dy, ...derivatives, x, ...constants],
        outputs: [parts],
        params: { ...params, ...weightTiles, splits, split_depth: depth, total },
        groups: perSplit * splits,
      },
    );
    const sums = c.sumsOf(parts, [weight.shape, [total]]);
    return dx ? [...sums, dx] : sums;
  };

export const linearNatives = (c: WebgpuContext): NativeEntry[] => [
  native(linearKernel, linear(c)),
  native(linearGradientKernel, linearGradient(c)),
];
