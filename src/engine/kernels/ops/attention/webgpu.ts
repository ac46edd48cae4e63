// Attention and its gradient on WebGPU: no [L, L] matrix and no atomics. Narrow heads stay in the registers of an invocation;
// wide heads and rotary ones are tiled over a workgroup, or computed as products if there are many rows. All variants leave the
// same statistics for the gradient.

import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import type { Launch, Program } from '../../runtime/webgpu/program.ts';
import { type AttentionAttributes, attentionGradientKernel, attentionKernel } from './index.ts';
import { rotaryTable } from './rotaryTable.ts';
import { type Head, launchOf, type PARAMS } from './webgpuCode.ts';
import * as products from './webgpuProducts.ts';
import * as registers from './webgpuRegisters.ts';
import * as tiled from './webgpuTiles.ts';

/** Largest head size that fits the registers. */
const NARROW = { forward: 64, backward: 32 } as const;
/** Maximum number of result columns per invocation, as keys and values side by side need. */
const HELD = { forward: 160, backward: 160 } as const;
/** Maximum block size of the other rows; a block of the whole sequence may be shorter. */
const MAX_OTHERS = 64;
const MAX_HEAD_SIZE = 256;

type Direction = keyof typeof NARROW;
type Shape = readonly [groups: number, length: number, width: number];

/** The configuration for attention by products, or null. */
function productLayer(
  c: WebgpuContext,
  [groups, length, width]: Shape,
  attributes: AttentionAttributes,
  direction: Direction,
): products.Layer | null {
  const { heads, rotary } = attributes;
  if (length < c.tuning.attention.productsFrom) return null;
  if (!rotary && width / heads <= NARROW[direction]) return null;
  const launch = launchOf(c, [groups, length, width], attributes);
  const layer = { groups, length, width, heads, rotary, launch };
  return products.blockOf(c, layer) > 0 ? layer : null;
}

interface Planned {
  mask: GPUBuffer[];
  /** Launches the variant for these heads, after the inputs of both. */
  launch(
    c: WebgpuContext,
    narrow: Program<Head, typeof PARAMS>,
    wide: Program<tiled.Tiles, typeof PARAMS>,
    tensors: Pick<Launch<typeof PARAMS>, 'inputs' | 'outputs'>,
  ): void;
}

function plan(
  c: WebgpuContext,
  shape: Shape,
  attributes: AttentionAttributes,
  direction: Direction,
): Planned {
  const { head, mask, ...rest } = launchOf(c, shape, attributes);
  const [groups, length] = shape;
  const sequences = groups * attributes.heads;
  const { rotary } = attributes;
  return {
    mask,
    launch(c, narrow, wide, { inputs, outputs }) {
      if (!rotary && head.headSize <= NARROW[direction]) {
        const groups = Math.ceil((sequences * length) / registers.LANES);
        c.run(narrow, head, { inputs: [...inputs, ...mask], outputs, ...rest, groups });
        return;
      }
      const table = rotary ? rotaryTable(length, head.headSize) : null;
      const angles = table ? [c.constant(table, () => table)] : [];
      const across = head.headSize > HELD[direction] ? 16 : 8;
      const others = length > MAX_OTHERS ? MAX_OTHERS : across * Math.ceil(length / across);
      const baked: tiled.Tiles = { ...head, rotary, others, across };
      c.run(wide, baked, {
        inputs: [...inputs, ...angles, ...mask],
        outputs,
        ...rest,
        groups: sequences * Math.ceil(length / tiled.OWN),
      });
    },
  };
}

const attention =
  (c: WebgpuContext): NativeKernel<AttentionAttributes> =>
  ([qkv], attributes) => {
    const [groups, length, packed] = qkv.shape as [number, number, number];
    const { heads } = attributes;
    const shape = [groups, length, packed / 3] as const;
    if (isEmpty(qkv) || shape[2] / heads > MAX_HEAD_SIZE) return null;
    const outputs = [c.output(shape), c.output([groups * heads, length, 2])];
    const layer = productLayer(c, shape, attributes, 'forward');
    if (layer) {
      products.forward(c, qkv, layer, outputs);
      return outputs;
    }
    const { launch } = plan(c, shape, attributes, 'forward');
    launch(c, registers.forward, tiled.forward, { inputs: [qkv], outputs });
    return outputs;
  };

const attentionGradient =
  (c: WebgpuContext): NativeKernel<AttentionAttributes> =>
  ([dy, qkv, mixed, stats], attributes) => {
    const shape = dy.shape as [number, number, number];
    const { heads } = attributes;
    if (isEmpty(dy) || shape[2] / heads > MAX_HEAD_SIZE) return null;
    const dqkv = c.output(qkv.shape);
    const layer = productLayer(c, shape, attributes, 'backward');
    if (layer) {
      products.backward(c, [dy, qkv, mixed, stats], layer, dqkv);
      return [dqkv];
    }
    const inner = c.output([shape[0] * heads * shape[1]]);
    const { launch } = plan(c, shape, attributes, 'backward');
    launch(c, registers.toQueries, tiled.toQueries, {
      inputs: [dy, qkv, mixed, stats],
      outputs: [dqkv, inner],
    });
    launch(c, registers.toKeys, tiled.toKeys, { inputs: [dy, qkv, stats, inner], outputs: [dqkv] });
    return [dqkv];
  };

export const attentionNatives = (c: WebgpuContext): NativeEntry[] => [
  native(attentionKernel, attention(c)),
  native(attentionGradientKernel, attentionGradient(c)),
];
