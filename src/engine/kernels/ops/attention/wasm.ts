// Attention and its gradient on the wasm backend.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { bytesBehind, NOTHING } from '../../runtime/wasm/simdModule.ts';
import { type AttentionAttributes, attentionGradientKernel, attentionKernel } from './index.ts';
import { rotaryTable } from './rotaryTable.ts';

/**
 * Arguments of both directions besides their tensors. The table of angles and the mask's bytes are after the scratch memory.
 */
function attentionArguments(
  c: WasmContext,
  [groups, length, width]: readonly [number, number, number],
  { heads, blocked, rotary, dropout }: AttentionAttributes,
) {
  const headSize = width / heads;
  const masks = (blocked?.length ?? 0) / length ** 2;
  const angles = rotary ? rotaryTable(length, headSize) : new Float32Array();
  const bytes = c.simd.attentionScratch({ length, headSize, masks, rotary: Number(rotary) });
  const tableAt = 16 * Math.ceil(bytes / 16);
  const maskAt = tableAt + angles.byteLength;
  const scratch = c.scratch(maskAt + (blocked?.length ?? 0));
  const [table, mask] = [bytesBehind(scratch, tableAt), bytesBehind(scratch, maskAt)];
  c.write(table, angles);
  if (blocked) c.write(mask, blocked);
  const { key, threshold, kept } = dropout ?? { key: 0, threshold: 0, kept: 1 };
  return {
    blocked: blocked ? mask : NOTHING,
    masks,
    groups,
    length,
    width,
    heads,
    table: rotary ? table : NOTHING,
    key,
    threshold,
    kept,
    scratch,
  };
}

const attention =
  (c: WasmContext): NativeKernel<AttentionAttributes> =>
  ([qkv], attributes) => {
    const [groups, length, packed] = qkv.shape as [number, number, number];
    const shape = [groups, length, packed / 3] as const;
    const [mixed, stats] = [c.output(shape), c.output([groups * attributes.heads, length, 2])];
    const rest = attentionArguments(c, shape, attributes);
    c.simd.attentionForward({ qkv: c.address(qkv), out: c.address(mixed), stats: c.address(stats), ...rest });
    return [mixed, stats];
  };

const attentionGradient =
  (c: WasmContext): NativeKernel<AttentionAttributes> =>
  ([dy, qkv, , stats], attributes) => {
    const dqkv = c.output(qkv.shape);
    const rest = attentionArguments(c, dy.shape as [number, number, number], attributes);
    c.simd.attentionBackward({
      dy: c.address(dy),
      qkv: c.address(qkv),
      stats: c.address(stats),
      dqkv: c.address(dqkv),
      ...rest,
    });
    return [dqkv];
  };

export const attentionNatives = (c: WasmContext): NativeEntry[] => [
  native(attentionKernel, attention(c)),
  native(attentionGradientKernel, attentionGradient(c)),
];
