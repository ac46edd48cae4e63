// Where task tokens look, in one block and through all of them, from the maps of the chosen rows.
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import { quantityOf } from './quantities.ts';

/** Weights of the task tokens, [tasks, tokens]. */
export interface TaskLook {
  tasks: string[];
  tokens: string[];
  values: Float32Array;
}

/** `masked` is 1 where every head is masked. [tasks, tokens] */
export interface MaskedLook extends TaskLook {
  masked: Uint8Array;
}

/**
 * Attention rollout (Abnar and Zuidema 2020): the weights of the feature layers, averaged over heads, mixed half and half with
 * the identity for the residual path, and multiplied over the blocks. From the mean weights of the chosen rows.
 * @returns [tokens, tokens]; rows sum to 1
 */
export function rollout(maps: readonly AttentionMap[]): Float32Array | null {
  const feature = maps.filter((m) => m.kind === 'feature');
  const size = feature[0]?.keys.length;
  if (!size) return null;
  const blocks = [...new Set(feature.map((m) => m.block))].sort((a, b) => a - b);
  let total = Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
  for (const block of blocks) {
    const heads = feature.filter((m) => m.block === block);
    const layer = new Float32Array(size * size);
    for (const { weights } of heads)
      for (let i = 0; i < layer.length; i++) layer[i] += (0.5 * (weights[i] ?? 0)) / heads.length;
    for (let i = 0; i < size; i++) layer[i * size + i] += 0.5;
    const next = new Float32Array(size * size);
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++) {
        const w = layer[i * size + k] as number;
        if (w === 0) continue;
        for (let j = 0; j < size; j++) next[i * size + j] += w * (total[k * size + j] as number);
      }
    total = next;
  }
  return total;
}

/** Per task token, its row of the rollout: where it looks through all blocks. */
export function taskRollout(maps: readonly AttentionMap[]): TaskLook | null {
  const all = rollout(maps);
  const tokens = maps.find((m) => m.kind === 'feature')?.keys;
  if (!all || !tokens) return null;
  const rows = tokens.flatMap((t, i) => (t.group === 'task' ? [i] : []));
  if (rows.length === 0) return null;
  const size = tokens.length;
  return {
    tasks: rows.map((i) => tokens[i]?.name ?? ''),
    tokens: tokens.map((t) => t.name),
    values: Float32Array.from(rows.flatMap((i) => Array.from(all.subarray(i * size, (i + 1) * size)))),
  };
}

/**
 * Per task token, its row of the feature map, mean over heads: where it looks in one block.
 * @returns null without task tokens
 */
export function taskLook(
  maps: readonly AttentionMap[],
  block: number,
  quantity: AttentionQuantity,
): MaskedLook | null {
  const heads = maps.filter((m) => m.kind === 'feature' && m.block === block);
  const tokens = heads[0]?.keys;
  const rows = tokens?.flatMap((t, i) => (t.group === 'task' ? [i] : [])) ?? [];
  if (!tokens || rows.length === 0) return null;
  const width = tokens.length;
  const values = new Float32Array(rows.length * width);
  const masked = new Uint8Array(rows.length * width).fill(1);
  for (const head of heads) {
    const all = quantityOf(quantity).values(head);
    rows.forEach((row, task) => {
      for (let key = 0; key < width; key++) {
        values[task * width + key] += (all[row * width + key] as number) / heads.length;
        if (!head.blocked?.[row * width + key]) masked[task * width + key] = 0;
      }
    });
  }
  return { tasks: rows.map((i) => tokens[i]?.name ?? ''), tokens: tokens.map((t) => t.name), values, masked };
}
