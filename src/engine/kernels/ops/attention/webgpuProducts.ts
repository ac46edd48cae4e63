// Attention of wide heads over many rows on WebGPU, as products. Product loops use a GPU three times as well as the tiles of
// `webgpuTiles.ts` (a card: bench/RESULTS.md), and the backward pass computes every score once instead of twice. Works on one
// block of queries at a time, so that scores take bounded memory for any number of rows.
// Letters: G sequences, H heads, L rows, hd head size, Q queries of a block. z = g H + h counts heads.
import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuContext } from '../../runtime/webgpu/context.ts';
import { tileFor } from '../../runtime/webgpu/product.ts';
import { rotaryTable } from './rotaryTable.ts';
import type { launchOf } from './webgpuCode.ts';
import { mix, scoresOf, toKeys, toQueries, toValues, toWeights } from './webgpuHeadProducts.ts';
import { softmax, softmaxGradient, TURN_LANES, turn } from './webgpuSoftmax.ts';

export interface Layer {
  groups: number;
  length: number;
  width: number;
  heads: number;
  rotary: boolean;
  /** From launchOf: mask, dropout and their parameters. */
  launch: ReturnType<typeof launchOf>;
}

/** Number of queries in a block; 0 if even few of them would have too many scores. */
export function blockOf(
  c: Pick<WebgpuContext, 'tuning' | 'maxBytes'>,
  { groups, length, heads }: Pick<Layer, 'groups' | 'length' | 'heads'>,
): number {
  const { scoreBytes, leastQueries } = c.tuning.attention;
  const fits = Math.floor(Math.min(scoreBytes, c.maxBytes) / (4 * groups * heads * length));
  if (fits >= length) return length;
  return fits < leastQueries ? 0 : fits - (fits % leastQueries);
}

/** Common parts of a layer's launches, and the launches. */
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
    /** q and k, rotated if needed. */
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

/** @returns mixed [G, L, width] and stats [G H, L, 2], as in the other kernels */
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
