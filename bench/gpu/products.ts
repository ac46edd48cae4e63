// Tries tiles for products of the shapes in the measured networks, to choose the best for `tuning.ts`.
import * as tf from '@tensorflow/tfjs-core';
import {
  type LinearAttributes,
  linearGradientKernel,
  linearKernel,
} from '../../src/engine/kernels/ops/linear/index.ts';
import type { StepTimer, TimedLaunch } from '../../src/engine/kernels/runtime/stepTimer.ts';
import type { WebgpuContext } from '../../src/engine/kernels/runtime/webgpu/context.ts';
import type { Tile } from '../../src/engine/kernels/runtime/webgpu/tile.ts';
import { tile } from '../../src/engine/kernels/runtime/webgpu/tuning.ts';
import { median } from '../clock.ts';

/** A product x W^T with several groups side by side. */
export interface ProductShape {
  name: string;
  rows: number;
  inputs: number;
  outputs: number;
  groups: number;
}

const TOKENS = 39;
const WIDTH = 16;

/** Products of the networks of cases.ts at this batch. */
export const shapesOf = (batch: number): ProductShape[] => [
  { name: 'feature tokens to hidden', rows: batch * TOKENS, inputs: WIDTH, outputs: 256, groups: 1 },
  { name: 'feature tokens from hidden', rows: batch * TOKENS, inputs: 256, outputs: WIDTH, groups: 1 },
  { name: 'feature tokens to q, k, v', rows: batch * TOKENS, inputs: WIDTH, outputs: 3 * WIDTH, groups: 1 },
  { name: 'rows to q, k, v', rows: batch, inputs: TOKENS * WIDTH, outputs: 3 * TOKENS * WIDTH, groups: 1 },
  { name: 'rows to hidden', rows: batch, inputs: TOKENS * WIDTH, outputs: 256, groups: 1 },
  { name: 'experts, first layer', rows: batch, inputs: 512, outputs: 2048, groups: 1 },
  { name: 'experts, second layer', rows: batch, inputs: 256, outputs: 128, groups: 8 },
];

export const CANDIDATES: readonly Tile[] = [
  tile(32, 32, 16, 4),
  tile(64, 64, 16, 4),
  tile(64, 64, 8, 4),
  tile(64, 64, 16, 8),
  tile(64, 128, 8, 8),
  tile(128, 64, 8, 8),
  tile(128, 128, 8, 8),
  tile(128, 128, 16, 8),
];

const NARROW: readonly Tile[] = [tile(64, 16, 16, 4), tile(128, 16, 16, 4), tile(256, 16, 8, 4)];

export const nameOf = ({ rows, columns, depth, perLane }: Tile) =>
  `${rows}x${columns}x${depth}/${perLane.rows}x${perLane.columns}`;

export interface TriedProduct {
  shape: string;
  kernel: string;
  tile: string;
  ms: number;
  flopsPerSecond: number;
}

const REPEATS = 5;

/** Times every product with every tile. */
export async function tryProducts(
  c: WebgpuContext,
  timer: StepTimer,
  shapes: readonly ProductShape[],
  enoughGroups: readonly number[],
): Promise<TriedProduct[]> {
  const tried: TriedProduct[] = [];
  const held = c.tuning;
  for (const { name, rows, inputs, outputs, groups } of shapes) {
    const x = tf.randomNormal([rows, groups * inputs]) as tf.Tensor2D;
    const weight = tf.randomNormal([groups * outputs, inputs]) as tf.Tensor2D;
    const bias = tf.zeros([groups * outputs]);
    const dy = tf.randomNormal([rows, groups * outputs]);
    const attributes: LinearAttributes = {
      activation: 'none',
      widths: Array.from({ length: groups }, () => outputs),
      layout: 'columns',
    };
    const products = () => {
      const [y, saved] = linearKernel.run([x, weight, bias], attributes) as [tf.Tensor, tf.Tensor];
      return [y, ...linearGradientKernel.run([dy, saved, x, weight], attributes)];
    };
    const sums = tf.tidy(() => products().map((t) => tf.sum(tf.abs(t))));
    /** Largest relative difference of a result's sums from those of the current tuning. */
    const misfit = async () => {
      const own = tf.tidy(() =>
        tf.stack(products().map((t, i) => tf.div(tf.sum(tf.abs(t)), sums[i] as tf.Tensor))),
      );
      const values = await own.data();
      own.dispose();
      return Math.max(...Array.from(values, (v) => Math.abs(v - 1)));
    };
    const step = async () => {
      tf.tidy(() => products().length);
      c.internals.submit();
    };
    for (const tileOfAll of outputs <= WIDTH ? [...CANDIDATES, ...NARROW] : CANDIDATES) {
      for (const enough of enoughGroups) {
        c.tuning = {
          ...held,
          enoughGroups: enough,
          product: {
            narrow: tileOfAll,
            flat: tileOfAll,
            shallow: tileOfAll,
            sums: tileOfAll,
            tiles: [{ tile: tileOfAll, from: 0 }],
          },
        };
        const off = await misfit();
        if (!(off < 1e-4)) throw new Error(`${name}, ${nameOf(tileOfAll)}: results differ by ${off}.`);
        const steps: TimedLaunch[][] = [];
        for (let i = 0; i <= REPEATS; i++) steps.push(await timer.each(step));
        steps.shift();
        for (const [i, launch] of (steps[0] ?? []).entries()) {
          if (launch.flops === null) continue;
          const ms = median(steps.map((s) => s[i]?.ms ?? Number.NaN));
          tried.push({
            shape: name,
            kernel: launch.kernel,
            tile: `${nameOf(tileOfAll)} ${launch.kernel.endsWith('weights') ? `enough ${enough}` : ''}`.trim(),
            ms,
            flopsPerSecond: launch.flops / (ms / 1000),
          });
        }
      }
    }
    tf.dispose([x, weight, bias, dy, sums]);
  }
  c.tuning = held;
  return tried;
}

/** Tiles per product, fastest first, as lines. */
export function productLines(tried: readonly TriedProduct[], count: number): string {
  const groups = new Map<string, TriedProduct[]>();
  for (const t of tried) {
    const key = `${t.shape}: ${t.kernel}`;
    groups.set(key, [...(groups.get(key) ?? []), t]);
  }
  return [...groups]
    .map(([name, all]) => {
      const best = [...all].sort((a, b) => a.ms - b.ms).slice(0, count);
      const cells = best.map(
        (t) => `${t.tile} ${t.ms.toFixed(3)} ms (${(t.flopsPerSecond / 1e12).toFixed(2)} TFLOP/s)`,
      );
      return `  ${name}\n    ${cells.join('\n    ')}`;
    })
    .join('\n');
}
