// The products of attention by products (webgpuProducts.ts): scores of a block of queries, and the products with them. Letters
// as there.
import { lanesOf, productCode } from '../../runtime/webgpu/product.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import type { Tile } from '../../runtime/webgpu/tile.ts';

const PRODUCT = {
  tiles_m: 'u32',
  tiles_n: 'u32',
  splits: 'u32',
  split_depth: 'u32',
  length: 'u32',
  heads: 'u32',
  /** Head size. */
  size: 'u32',
  /** Number of queries before the block, and in it. */
  before: 'u32',
  own: 'u32',
  /**
   * Parts of [L, parts, H hd] that hold q and k, and their gradients: 3 if packed with v, 2 if rotated copies are separate.
   */
  parts: 'u32',
  scale: 'f32',
} as const;

type ProductParams = Record<keyof typeof PRODUCT, number>;

/** Positions of a head's row: in q or k (part 0 or 1) and their gradients, in all three packed, in a result. */
const PLACES = `
  fn row_of(z: u32, row: u32) -> u32 { return z / p.heads * p.length + row; }
  fn head_of(z: u32) -> u32 { return z % p.heads * p.size; }
  fn width() -> u32 { return p.heads * p.size; }
  fn turned_at(z: u32, row: u32, part: u32) -> u32 {
    return (row_of(z, row) * p.parts + part) * width() + head_of(z);
  }
  fn packed_at(z: u32, row: u32, part: u32) -> u32 {
    return (row_of(z, row) * 3u + part) * width() + head_of(z);
  }
  fn mixed_at(z: u32, row: u32) -> u32 { return row_of(z, row) * width() + head_of(z); }
  fn score_at(z: u32, query: u32) -> u32 { return (z * p.own + query) * p.length; }`;

/** A product of two vectors of a head, with one result per query of the block and key. */
const perScore = (name: string, inputs: readonly [string, string], code: string) =>
  program({
    name,
    params: PRODUCT,
    flops: (_: { tile: Tile }, p: ProductParams, groups: number) =>
      (2 * p.own * p.length * p.size * groups) / (p.tiles_m * p.tiles_n),
    shader: ({ tile }: { tile: Tile }): Shader => ({
      lanes: lanesOf(tile),
      inputs: Object.fromEntries([...new Set(inputs)].map((input) => [input, 'f32' as const])),
      outputs: { scores: 'f32' },
      code: `
        ${PLACES}
        fn rows(z: u32) -> u32 { return p.own; }
        fn columns(z: u32) -> u32 { return p.length; }
        fn depth(z: u32) -> u32 { return p.size; }
        fn first(at: u32) -> f32 { return ${inputs[0]}[at]; }
        fn second(at: u32) -> f32 { return ${inputs[1]}[at]; }
        fn result_at(z: u32, split: u32, m: u32) -> u32 { return score_at(z, m); }
        ${code}
        ${productCode({ tile, firstStep: '1u', secondStep: '1u', rowSums: false })}`,
    }),
  });

/** A product whose results are vectors of a head: per query of the block, or per key. */
const perVector = (
  name: string,
  {
    second,
    per,
    result,
    at,
    secondStep,
  }: Record<'second' | 'result' | 'at' | 'secondStep', string> & {
    per: 'query' | 'key';
  },
  secondAt: string,
) =>
  program({
    name,
    params: PRODUCT,
    flops: (_: { tile: Tile; adds: boolean }, p: ProductParams, groups: number) =>
      (2 * p.own * p.length * p.size * groups) / (p.tiles_m * p.tiles_n),
    shader: ({ tile, adds }: { tile: Tile; adds: boolean }): Shader => ({
      lanes: lanesOf(tile),
      inputs: { scores: 'f32', [second]: 'f32' },
      outputs: { [result]: 'f32' },
      code: `
        ${PLACES}
        fn rows(z: u32) -> u32 { return ${per === 'query' ? 'p.own' : 'p.length'}; }
        fn columns(z: u32) -> u32 { return p.size; }
        fn depth(z: u32) -> u32 { return ${per === 'query' ? 'p.length' : 'p.own'}; }
        fn first_at(z: u32, m: u32) -> u32 { return ${per === 'query' ? 'score_at(z, m)' : 'score_at(z, 0u) + m'}; }
        fn second_at(z: u32, n: u32) -> u32 { return ${secondAt} + n; }
        fn first(at: u32) -> f32 { return scores[at]; }
        fn second(at: u32) -> f32 { return ${second}[at]; }
        fn result_at(z: u32, split: u32, m: u32) -> u32 { return ${at}; }
        fn put(z: u32, row_at: u32, n: u32, value: f32) {
          ${result}[row_at + n] = ${adds ? `${result}[row_at + n] + ` : ''}value;
        }
        ${productCode({ tile, firstStep: per === 'query' ? '1u' : 'p.length', secondStep, rowSums: false })}`,
    }),
  });

const TURNED_STEP = '(p.parts * p.heads * p.size)';
const PACKED_STEP = '(3u * p.heads * p.size)';
const WIDTH = '(p.heads * p.size)';

export const scoresOf = perScore(
  'Attention: scores',
  ['turned', 'turned'],
  `fn first_at(z: u32, m: u32) -> u32 { return turned_at(z, p.before + m, 0u); }
   fn second_at(z: u32, n: u32) -> u32 { return turned_at(z, n, 1u); }
   fn put(z: u32, row_at: u32, n: u32, value: f32) { scores[row_at + n] = value * p.scale; }`,
);

export const toWeights = perScore(
  'AttentionGradient: to weights',
  ['dy', 'qkv'],
  `fn first_at(z: u32, m: u32) -> u32 { return mixed_at(z, p.before + m); }
   fn second_at(z: u32, n: u32) -> u32 { return packed_at(z, n, 2u); }
   fn put(z: u32, row_at: u32, n: u32, value: f32) { scores[row_at + n] = value; }`,
);

export const mix = perVector(
  'Attention: mix',
  { second: 'qkv', per: 'query', result: 'mixed', at: 'mixed_at(z, p.before + m)', secondStep: PACKED_STEP },
  'packed_at(z, 0u, 2u)',
);

export const toQueries = perVector(
  'AttentionGradient: product to queries',
  {
    second: 'turned',
    per: 'query',
    result: 'gradient',
    at: 'turned_at(z, p.before + m, 0u)',
    secondStep: TURNED_STEP,
  },
  'turned_at(z, 0u, 1u)',
);

export const toKeys = perVector(
  'AttentionGradient: product to keys',
  {
    second: 'turned',
    per: 'key',
    result: 'gradient',
    at: 'turned_at(z, m, 1u)',
    secondStep: TURNED_STEP,
  },
  'turned_at(z, p.before, 0u)',
);

export const toValues = perVector(
  'AttentionGradient: product to values',
  { second: 'dy', per: 'key', result: 'dqkv', at: 'packed_at(z, m, 2u)', secondStep: WIDTH },
  'mixed_at(z, p.before)',
);
