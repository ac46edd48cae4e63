// Products of experts with some of the rows, on WebGPU. Launches are sized as if every expert got all rows, which a recorded
// step needs; workgroups beyond an expert's rows return at once.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { lanesOf, productCode, tileFor } from '../../runtime/webgpu/product.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import type { Tile } from '../../runtime/webgpu/tile.ts';
import type { Tuning } from '../../runtime/webgpu/tuning.ts';
import { ROUTES } from '../routeRows/webgpu.ts';
import { type RoutedLinearAttributes, routedLinearGradientKernel, routedLinearKernel } from './index.ts';

const PRODUCT = {
  rows: 'u32',
  inputs: 'u32',
  outputs: 'u32',
  tiles_m: 'u32',
  tiles_n: 'u32',
  splits: 'u32',
  split_depth: 'u32',
} as const;

/** Where rows of an expert stand: x and its gradient, y and its gradient. */
const PLACES = `
  ${ROUTES}
  fn x_at(z: u32, m: u32) -> u32 { return (z * p.rows + m) * p.inputs; }
  fn y_at(z: u32, m: u32) -> u32 { return (z * p.rows + m) * p.outputs; }`;

const forward = program({
  name: 'RoutedLinear',
  params: PRODUCT,
  shader: (tile: Tile): Shader => ({
    lanes: lanesOf(tile),
    inputs: { x: 'f32', weight: 'f32', bias: 'f32', routes: 'f32' },
    outputs: { y: 'f32' },
    code: `
      ${PLACES}
      fn rows(z: u32) -> u32 { return count(z); }
      fn columns(z: u32) -> u32 { return p.outputs; }
      fn depth(z: u32) -> u32 { return p.inputs; }
      fn first_at(z: u32, m: u32) -> u32 { return x_at(z, m); }
      fn second_at(z: u32, n: u32) -> u32 { return (z * p.outputs + n) * p.inputs; }
      fn first(at: u32) -> f32 { return x[at]; }
      fn second(at: u32) -> f32 { return weight[at]; }
      fn result_at(z: u32, split: u32, m: u32) -> u32 { return y_at(z, m); }
      fn put(z: u32, row_at: u32, n: u32, value: f32) { y[row_at + n] = value + bias[z * p.outputs + n]; }
      ${productCode({ tile, firstStep: '1u', secondStep: '1u', rowSums: false })}`,
  }),
});

const toInputs = program({
  name: 'RoutedLinearGradient: inputs',
  params: PRODUCT,
  shader: (tile: Tile): Shader => ({
    lanes: lanesOf(tile),
    inputs: { dy: 'f32', weight: 'f32', routes: 'f32' },
    outputs: { dx: 'f32' },
    code: `
      ${PLACES}
      fn rows(z: u32) -> u32 { return count(z); }
      fn columns(z: u32) -> u32 { return p.inputs; }
      fn depth(z: u32) -> u32 { return p.outputs; }
      fn first_at(z: u32, m: u32) -> u32 { return y_at(z, m); }
      fn second_at(z: u32, n: u32) -> u32 { return z * p.outputs * p.inputs + n; }
      fn first(at: u32) -> f32 { return dy[at]; }
      fn second(at: u32) -> f32 { return weight[at]; }
      fn result_at(z: u32, split: u32, m: u32) -> u32 { return x_at(z, m); }
      fn put(z: u32, row_at: u32, n: u32, value: f32) { dx[row_at + n] = value; }
      ${productCode({ tile, firstStep: '1u', secondStep: 'p.inputs', rowSums: false })}`,
  }),
});

/** Each expert sums over its rows in one workgroup per tile, always in the same order. */
const toWeights = program({
  name: 'RoutedLinearGradient: weights',
  params: PRODUCT,
  shader: (tile: Tile): Shader => ({
    lanes: lanesOf(tile),
    inputs: { dy: 'f32', x: 'f32', routes: 'f32' },
    outputs: { dweight: 'f32' },
    code: `
      ${PLACES}
      fn rows(z: u32) -> u32 { return p.outputs; }
      fn columns(z: u32) -> u32 { return p.inputs; }
      fn depth(z: u32) -> u32 { return count(z); }
      fn first_at(z: u32, m: u32) -> u32 { return y_at(z, 0u) + m; }
      fn second_at(z: u32, n: u32) -> u32 { return x_at(z, 0u) + n; }
      fn first(at: u32) -> f32 { return dy[at]; }
      fn second(at: u32) -> f32 { return x[at]; }
      fn result_at(z: u32, split: u32, m: u32) -> u32 { return (z * p.outputs + m) * p.inputs; }
      fn put(z: u32, row_at: u32, n: u32, value: f32) { dweight[row_at + n] = value; }
      ${productCode({ tile, firstStep: 'p.outputs', secondStep: 'p.inputs', rowSums: false })}`,
  }),
});

/** Rows of a block, experts, and inputs and outputs of each. */
function sizesOf(x: tf.Tensor, weight: tf.Tensor, table: tf.Tensor) {
  const experts = table.shape[0] as number;
  const [total, inputs] = weight.shape as [number, number];
  return { rows: (x.shape[0] as number) / experts, experts, inputs, outputs: total / experts };
}

/** The launch of a product with m x n results per expert. */
function launchOf(
  { experts, ...sizes }: ReturnType<typeof sizesOf>,
  m: number,
  n: number,
  depth: number,
  tuning: Tuning,
) {
  const tile = tileFor(m, n, depth, experts, tuning);
  const [tilesM, tilesN] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns)];
  return {
    tile,
    params: { ...sizes, tiles_m: tilesM, tiles_n: tilesN, splits: 1, split_depth: depth },
    groups: experts * tilesM * tilesN,
  };
}

const routedLinear =
  (c: WebgpuContext): NativeKernel<RoutedLinearAttributes> =>
  ([x, weight, bias, table]) => {
    if (isEmpty(x, weight)) return null;
    const sizes = sizesOf(x, weight, table);
    const { rows, experts, inputs, outputs } = sizes;
    const y = c.output([experts * rows, outputs]);
    const { tile, ...rest } = launchOf(sizes, rows, outputs, inputs, c.tuning);
    c.run(forward, tile, { inputs: [x, weight, bias, table], outputs: [y], ...rest });
    return [y];
  };

const routedLinearGradient =
  (c: WebgpuContext): NativeKernel<RoutedLinearAttributes> =>
  ([dy, x, weight, table], { constantInputs }) => {
    if (isEmpty(x, weight)) return null;
    const sizes = sizesOf(x, weight, table);
    const { rows, inputs, outputs } = sizes;
    const dx = constantInputs ? null : c.output(x.shape);
    if (dx) {
      const ofInputs = launchOf(sizes, rows, inputs, outputs, c.tuning);
      c.run(toInputs, ofInputs.tile, { inputs: [dy, weight, table], outputs: [dx], ...ofInputs });
    }
    const dweight = c.output(weight.shape);
    const ofWeights = launchOf(sizes, outputs, inputs, rows, c.tuning);
    c.run(toWeights, ofWeights.tile, { inputs: [dy, x, table], outputs: [dweight], ...ofWeights });
    return dx ? [dweight, dx] : [dweight];
  };

export const routedLinearNatives = (c: WebgpuContext): NativeEntry[] => [
  native(routedLinearKernel, routedLinear(c)),
  native(routedLinearGradientKernel, routedLinearGradient(c)),
];
