// Common WGSL of the attention kernels on WebGPU: reading heads, masks and dropout, and the parameters of a launch.

import type { WebgpuContext } from '../../runtime/webgpu/context.ts';
import { type Launch, unrolled } from '../../runtime/webgpu/program.ts';
import { dropFactor } from '../dropout/webgpu.ts';
import type { AttentionAttributes } from './index.ts';

export interface Head {
  headSize: number;
  masked: boolean;
  drops: boolean;
}

export const PARAMS = {
  sequences: 'u32',
  length: 'u32',
  heads: 'u32',
  /** Words per row of the mask. */
  words: 'u32',
  /** Words from one head's mask to the next; 0 if they share one. */
  perHead: 'u32',
  scale: 'f32',
  key: 'u32',
  threshold: 'u32',
  kept: 'f32',
} as const;

/**
 * Operations of `products` per query and key, blocked ones included: 2 forward, 3 for queries and 4 for keys and values
 * backward.
 */
export const flopsOf =
  (products: number) =>
  ({ headSize }: Head, { sequences, length }: { sequences: number; length: number }): number =>
    2 * products * sequences * length ** 2 * headSize;

/** Lower than every score, and finite. */
export const LOWEST = '-1e30';

/** Four values of a head at a time, if its size allows. */
export const elementOf = ({ headSize }: Head) => (headSize % 4 === 0 ? ('vec4f' as const) : ('f32' as const));

export const maskInput = ({ masked }: Head): Record<string, 'u32'> => (masked ? { mask: 'u32' } : {});

/**
 * Functions that load four dimensions: `load_{name}(base, d)`, zeros beyond the end of the head.
 * @param within - false if d may exceed it
 */
export const loads = ({ headSize }: Head, names: readonly string[], within: boolean) =>
  names
    .map((name) =>
      headSize % 4 === 0
        ? `fn load_${name}(base: u32, d: u32) -> vec4f {
             ${
               within
                 ? `return ${name}[(base + d) / 4u];`
                 : `let x = ${name}[(base + min(d, ${headSize - 4}u)) / 4u];
                    return select(vec4f(0.0), x, d < ${headSize}u);`
             }
           }`
        : `fn load_${name}(base: u32, d: u32) -> vec4f {
             var v = vec4f(0.0);
             ${unrolled(4, (c) => `if (d + ${c}u < ${headSize}u) { v[${c}] = ${name}[base + d + ${c}u]; }`)}
             return v;
           }`,
    )
    .join('\n');

/** `store_{name}(base, d, v)`: stores nothing beyond the end of the head. */
export const store = ({ headSize }: Head, name: string) =>
  headSize % 4 === 0
    ? `fn store_${name}(base: u32, d: u32, v: vec4f) {
         if (d < ${headSize}u) { ${name}[(base + d) / 4u] = v; }
       }`
    : `fn store_${name}(base: u32, d: u32, v: vec4f) {
         ${unrolled(4, (c) => `if (d + ${c}u < ${headSize}u) { ${name}[base + d + ${c}u] = v[${c}]; }`)}
       }`;

/** `factor_at(i)`: dropout factors of four weights, by their indices. */
export const factors = ({ drops }: Head) =>
  drops
    ? `${dropFactor(4)}
       fn factor_at(i: vec4u) -> vec4f { return drop_factor(i, p.key, p.threshold, p.kept); }`
    : 'fn factor_at(i: vec4u) -> vec4f { return vec4f(1.0); }';

/** Blocked cells as bits, rows padded with blocked ones: per mask [L, words] of queries, then [L, words] of keys. */
function maskBits(blocked: Uint8Array, length: number): Uint32Array {
  const words = Math.ceil(length / 32);
  const masks = blocked.length / length ** 2;
  const bits = new Uint32Array(masks * 2 * length * words).fill(0xffffffff);
  for (let row = 0; row < masks * length; row++) {
    const query = row % length;
    const first = (row - query) * 2 * words;
    for (let key = 0; key < length; key++) {
      if (blocked[row * length + key]) continue;
      const [byQuery, byKey] = [
        first + query * words + (key >> 5),
        first + (length + key) * words + (query >> 5),
      ];
      bits[byQuery] = (bits[byQuery] as number) & ~(1 << (key & 31));
      bits[byKey] = (bits[byKey] as number) & ~(1 << (query & 31));
    }
  }
  return bits;
}

/** Common input of launches over these sequences: the head, the mask's buffer if any, and the parameters. */
export function launchOf(
  c: WebgpuContext,
  [groups, length, width]: readonly [number, number, number],
  { heads, blocked, dropout }: AttentionAttributes,
): { head: Head; mask: GPUBuffer[] } & Pick<Launch<typeof PARAMS>, 'params' | 'paramsAt'> {
  const headSize = width / heads;
  const words = Math.ceil(length / 32);
  return {
    head: { headSize, masked: blocked !== null, drops: dropout !== null },
    mask: blocked ? [c.constant(blocked, () => maskBits(blocked, length))] : [],
    params: {
      sequences: groups * heads,
      length,
      heads,
      words,
      perHead: (blocked?.length ?? 0) > length ** 2 ? 2 * length * words : 0,
      scale: 1 / Math.sqrt(headSize),
      key: dropout?.key ?? 0,
      threshold: dropout?.threshold ?? 0,
      kept: dropout?.kept ?? 1,
    },
    ...(dropout ? { paramsAt: (step: number) => ({ key: dropout.keyAt(step) }) } : {}),
  };
}
