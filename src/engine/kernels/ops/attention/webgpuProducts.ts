// Attention of wide heads over many rows on WebGPU, as products. The loops of products use a GPU three times as well as the tiles of
// `webgpuTiles.ts` (a card: bench/RESULTS.md), and the backward pass computes every score once and not twice. A block of queries at a
// time, so that scores take no more memory than a bound, whatever the number of rows.
//
// Letters: G sequences, H heads, L rows, hd head size, Q queries of a block. z = g H + h counts heads.
import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuContext } from '../../runtime/webgpu/context.ts';
import { lanesOf, productCode, tileFor } from '../../runtime/webgpu/product.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import type { Tile } from '../../runtime/webgpu/tile.ts';
import { rotaryTable } from './rotaryTable.ts';
import { factors, type Head, LOWEST, type launchOf, maskInput, PARAMS } from './webgpuCode.ts';

const PRODUCT = {
  tiles_m: 'u32',
  tiles_n: 'u32',
  splits: 'u32',
  split_depth: 'u32',
  length: 'u32',
  heads: 'u32',
  /** Of a head. */
  size: 'u32',
  /** Queries before the block, and in it. */
  before: 'u32',
  own: 'u32',
  /** Parts of [L, parts, H hd] that hold q and k, and their gradients: 3 packed with v, 2 where turned ones stand apart. */
  parts: 'u32',
  scale: 'f32',
} as const;

type ProductParams = Record<keyof typeof PRODUCT, number>;

/** Where a head's row stands: of q or k (part 0 or 1) and their gradients, of all three packed, of a result. */
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

/** A product whose results are one per query of the block and key, of two vectors of a head. */
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

const scoresOf = perScore(
  'Attention: scores',
  ['turned', 'turned'],
  `fn first_at(z: u32, m: u32) -> u32 { return turned_at(z, p.before + m, 0u); }
   fn second_at(z: u32, n: u32) -> u32 { return turned_at(z, n, 1u); }
   fn put(z: u32, row_at: u32, n: u32, value: f32) { scores[row_at + n] = value * p.scale; }`,
);

const toWeights = perScore(
  'AttentionGradient: to weights',
  ['dy', 'qkv'],
  `fn first_at(z: u32, m: u32) -> u32 { return mixed_at(z, p.before + m); }
   fn second_at(z: u32, n: u32) -> u32 { return packed_at(z, n, 2u); }
   fn put(z: u32, row_at: u32, n: u32, value: f32) { scores[row_at + n] = value; }`,
);

const mix = perVector(
  'Attention: mix',
  { second: 'qkv', per: 'query', result: 'mixed', at: 'mixed_at(z, p.before + m)', secondStep: PACKED_STEP },
  'packed_at(z, 0u, 2u)',
);

const toQueries = perVector(
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

const toKeys = perVector(
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

const toValues = perVector(
  'AttentionGradient: product to values',
  { second: 'dy', per: 'key', result: 'dqkv', at: 'packed_at(z, m, 2u)', secondStep: WIDTH },
  'mixed_at(z, p.before)',
);

/** Lanes of a row of scores; each takes four neighbours at a time. */
const LANES = 128;

const ROW = { ...PARAMS, before: 'u32', own: 'u32', size: 'u32' } as const;

/** A row of scores per workgroup: `z`, `query` in its sequence, where its scores start, and sums and maxima over the lanes. */
const rowCode = (head: Head) => `
  ${factors(head)}
  var<workgroup> lane_parts: array<f32, ${LANES}>;
  fn maximum(lane: u32, value: f32) -> f32 {
    lane_parts[lane] = value;
    workgroupBarrier();
    for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
      if (lane < step) { lane_parts[lane] = max(lane_parts[lane], lane_parts[lane + step]); }
      workgroupBarrier();
    }
    let all = lane_parts[0];
    workgroupBarrier();
    return all;
  }
  fn total(lane: u32, value: f32) -> f32 {
    lane_parts[lane] = value;
    workgroupBarrier();
    for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
      if (lane < step) { lane_parts[lane] += lane_parts[lane + step]; }
      workgroupBarrier();
    }
    let all = lane_parts[0];
    workgroupBarrier();
    return all;
  }
  fn is_open(z: u32, query: u32, key: u32) -> bool {
    ${
      head.masked
        ? `let row = z % p.heads * p.perHead + query * p.words;
           return ((mask[row + key / 32u] >> (key % 32u)) & 1u) == 0u;`
        : 'return true;'
    }
  }
  fn factor_of(z: u32, query: u32, key: u32) -> f32 {
    return factor_at(vec4u((z * p.length + query) * p.length + key)).x;
  }`;

const rowStart = `
  let z = group / p.own;
  let query = p.before + group % p.own;
  let start = group * p.length;`;

/** Scores of a block of queries become what values are weighted by; `stats`: the largest score and the sum of powers. */
const softmax = program({
  name: 'Attention: softmax',
  params: ROW,
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: maskInput(head),
    outputs: { scores: 'f32', stats: 'vec2f' },
    code: `
      ${rowCode(head)}
      fn run(group: u32, lane: u32) {
        ${rowStart}
        var own_top = f32(${LOWEST});
        for (var j = lane; j < p.length; j += ${LANES}u) {
          if (is_open(z, query, j)) { own_top = max(own_top, scores[start + j]); }
        }
        let top = maximum(lane, own_top);
        var own_powers = 0.0;
        for (var j = lane; j < p.length; j += ${LANES}u) {
          let power = select(0.0, exp(scores[start + j] - top), is_open(z, query, j));
          own_powers += power;
          scores[start + j] = power;
        }
        let powers = total(lane, own_powers);
        for (var j = lane; j < p.length; j += ${LANES}u) {
          scores[start + j] = scores[start + j] / powers * factor_of(z, query, j);
        }
        if (lane == 0u) { stats[z * p.length + query] = vec2f(top, powers); }
      }`,
  }),
});

/**
 * Scores become weights with dropout, and `dscores` from the gradient of those weights to that of the scores: with
 * D = weight * gradient summed over the keys, the dot product of the result and its gradient (Dao et al. 2022, appendix, section
 * 3.2).
 */
const softmaxGradient = program({
  name: 'AttentionGradient: softmax',
  params: ROW,
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', mixed: 'f32', stats: 'vec2f', ...maskInput(head) },
    outputs: { scores: 'f32', dscores: 'f32' },
    code: `
      ${rowCode(head)}
      fn run(group: u32, lane: u32) {
        ${rowStart}
        let own_head = (z / p.heads * p.length + query) * p.heads * p.size + z % p.heads * p.size;
        var own = 0.0;
        for (var d = lane; d < p.size; d += ${LANES}u) { own += dy[own_head + d] * mixed[own_head + d]; }
        let inner = total(lane, own);
        let stat = stats[z * p.length + query];
        for (var j = lane; j < p.length; j += ${LANES}u) {
          let at = start + j;
          let weight = select(0.0, exp(scores[at] - stat.x) / stat.y, is_open(z, query, j));
          let factor = factor_of(z, query, j);
          scores[at] = weight * factor;
          dscores[at] = weight * (dscores[at] * factor - inner) * p.scale;
        }
      }`,
  }),
});

const TURN_LANES = 256;
const TURN = { pairs: 'u32', length: 'u32', width: 'u32', size: 'u32', parts: 'u32', sign: 'f32' } as const;

/** q and k [G L, 2, width] turned by their positions out of, or back into, the first two of `parts`. */
const turn = program({
  name: 'Attention: turn',
  params: TURN,
  shader: ({ back }: { back: boolean }): Shader => ({
    lanes: TURN_LANES,
    inputs: { source: 'f32', angles: 'f32' },
    outputs: { result: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${TURN_LANES}u + lane;
        if (i >= p.pairs) { return; }
        // Two of width per row, half as many pairs.
        let row = i / p.width;
        let column = 2u * (i % p.width);
        let apart = row * 2u * p.width + column;
        let packed = row * p.parts * p.width + column;
        let place = row % p.length * p.size + column % p.width % p.size;
        let c = angles[place];
        let s = angles[place + 1u] * p.sign;
        let a = source[${back ? 'apart' : 'packed'}];
        let b = source[${back ? 'apart' : 'packed'} + 1u];
        let at = ${back ? 'packed' : 'apart'};
        result[at] = a * c - b * s;
        result[at + 1u] = b * c + a * s;
      }`,
  }),
});

export interface Layer {
  groups: number;
  length: number;
  width: number;
  heads: number;
  rotary: boolean;
  /** From launchOf: mask, dropout and their parameters. */
  launch: ReturnType<typeof launchOf>;
}

/** Queries of a block; 0 where even few of them would have too many scores. */
export function blockOf(c: WebgpuContext, { groups, length, heads }: Layer): number {
  const { scoreBytes, leastQueries } = c.tuning.attention;
  const fits = Math.floor(Math.min(scoreBytes, c.maxBytes) / (4 * groups * heads * length));
  if (fits >= length) return length;
  return fits < leastQueries ? 0 : fits - (fits % leastQueries);
}

/** What launches of a layer share, and each of them. */
function stepsOf(c: WebgpuContext, layer: Layer) {
  const { groups, length, width, heads, rotary, launch } = layer;
  const sequences = groups * heads;
  const size = width / heads;
  const parts = rotary ? 2 : 3;
  const { mask, head, params, paramsAt } = launch;
  const block = blockOf(c, layer);
  const angles = () => {
    const table = rotaryTable(length, size);
    return c.constant(table, () => table);
  };
  const blocks = Array.from({ length: Math.ceil(length / block) }, (_, b) => ({
    before: b * block,
    own: Math.min(block, length - b * block),
  }));
  const product = (
    rows: number,
    columns: number,
    depth: number,
    { before, own }: (typeof blocks)[number],
  ) => {
    const tile = tileFor(rows, columns, depth, sequences, c.tuning);
    const [tilesM, tilesN] = [Math.ceil(rows / tile.rows), Math.ceil(columns / tile.columns)];
    return {
      tile,
      launch: {
        params: {
          tiles_m: tilesM,
          tiles_n: tilesN,
          splits: 1,
          split_depth: depth,
          length,
          heads,
          size,
          before,
          own,
          parts,
          scale: params.scale,
        },
        groups: sequences * tilesM * tilesN,
      },
    };
  };
  const turnInto = (source: tf.Tensor, result: tf.Tensor, back: boolean) => {
    const pairs = groups * length * width;
    c.run(
      turn,
      { back },
      {
        inputs: [source, angles()],
        outputs: [result],
        params: { pairs, length, width, size, parts: 3, sign: back ? -1 : 1 },
        groups: Math.ceil(pairs / TURN_LANES),
      },
    );
  };
  return {
    size,
    blocks,
    scores: () => c.output([sequences, block, length]),
    /** q and k as scores need them. */
    turned(qkv: tf.Tensor): tf.Tensor {
      if (!rotary) return qkv;
      const turned = c.output([groups * length, 2, width]);
      turnInto(qkv, turned, false);
      return turned;
    },
    turnInto,
    product,
    ofRows: ({ before, own }: (typeof blocks)[number]) => ({
      mask,
      head,
      launch: {
        params: { ...params, before, own, size },
        ...(paramsAt ? { paramsAt } : {}),
        groups: sequences * own,
      },
    }),
  };
}

/** @returns mixed [G, L, width] and stats [G H, L, 2], as the other kernels have them */
export function forward(c: WebgpuContext, qkv: tf.Tensor, layer: Layer, outputs: readonly tf.Tensor[]): void {
  const [mixed, stats] = outputs as [tf.Tensor, tf.Tensor];
  const { length } = layer;
  const steps = stepsOf(c, layer);
  const { size } = steps;
  const turned = steps.turned(qkv);
  const scores = steps.scores();
  for (const block of steps.blocks) {
    const ofScores = steps.product(block.own, length, size, block);
    c.run(scoresOf, { tile: ofScores.tile }, { inputs: [turned], outputs: [scores], ...ofScores.launch });
    const { mask, head, launch } = steps.ofRows(block);
    c.run(softmax, head, { inputs: mask, outputs: [scores, stats], ...launch });
    const ofMix = steps.product(block.own, size, length, block);
    c.run(
      mix,
      { tile: ofMix.tile, adds: false },
      { inputs: [scores, qkv], outputs: [mixed], ...ofMix.launch },
    );
  }
}

/** Writes the gradients of q, k and v into dqkv [G, L, 3 width]. */
export function backward(
  c: WebgpuContext,
  [dy, qkv, mixed, stats]: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
  layer: Layer,
  dqkv: tf.Tensor,
): void {
  const { groups, length, width, rotary } = layer;
  const steps = stepsOf(c, layer);
  const { size } = steps;
  const turned = steps.turned(qkv);
  const gradient = rotary ? c.output([groups * length, 2, width]) : dqkv;
  const [scores, dscores] = [steps.scores(), steps.scores()];
  for (const block of steps.blocks) {
    const perPair = steps.product(block.own, length, size, block);
    const perQuery = steps.product(block.own, size, length, block);
    const perKey = steps.product(length, size, block.own, block);
    const adds = block.before > 0;
    const { tile } = perPair;
    c.run(scoresOf, { tile }, { inputs: [turned], outputs: [scores], ...perPair.launch });
    c.run(toWeights, { tile }, { inputs: [dy, qkv], outputs: [dscores], ...perPair.launch });
    const { mask, head, launch } = steps.ofRows(block);
    c.run(softmaxGradient, head, {
      inputs: [dy, mixed, stats, ...mask],
      outputs: [scores, dscores],
      ...launch,
    });
    c.run(
      toQueries,
      { tile: perQuery.tile, adds: false },
      { inputs: [dscores, turned], outputs: [gradient], ...perQuery.launch },
    );
    c.run(
      toKeys,
      { tile: perKey.tile, adds },
      { inputs: [dscores, turned], outputs: [gradient], ...perKey.launch },
    );
    c.run(toValues, { tile: perKey.tile, adds }, { inputs: [scores, dy], outputs: [dqkv], ...perKey.launch });
  }
  if (rotary) steps.turnInto(gradient, dqkv, true);
}
