// One transformer per task, all run as one: FT-Transformer and SAINT. The networks share nothing; their rows are stacked,
// network after network.
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionKind } from '../core/attentionPlace.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { applyEmbedding, createEmbedding, type Embedding, embeddingFlops } from '../layers/embedding.ts';
import { applyEncoder, blocksFlops, createEncoder, type Encoder } from '../layers/encoder.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import type { Member } from '../layers/linear.ts';
import { applyTowers, createTowers, type Towers, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble } from './assemble.ts';
import { attentionOf } from './attentionChoice.ts';
import { initialisationOf, linearInitOf } from './commonParams.ts';
import type { Model, ModelContext } from './model.ts';
import type { RowSettings, TransformerSettings } from './transformer.ts';

export interface SingleTaskOptions {
  settings: TransformerSettings;
  /** Attention between rows after attention between features, or null. */
  row: RowSettings | null;
}

interface Network {
  embedding: Embedding;
  blocks: { feature: Encoder; row: Encoder | null }[];
  towers: Towers;
  selfOnly: boolean;
}

function createNetwork(
  set: ParameterSet,
  context: ModelContext,
  { settings: s, row }: SingleTaskOptions,
): Network {
  const { features, tasks, seed } = context;
  const init = initialisationOf(s.initialisation);
  const named = (part: string) => tasks.map(({ name }, task): Member => ({ name: `${name}.${part}`, task }));
  const embedding = createEmbedding(set, {
    members: named('tok_emb'),
    features,
    numTaskTokens: 1,
    width: s.width,
    ...init.embedding(s.width),
  });
  const encoder = (
    block: number,
    kind: AttentionKind,
    name: string,
    width: number,
    rotary: boolean,
    site: number,
  ) =>
    createEncoder(set, {
      attention: attentionOf(context.params),
      networks: named(name),
      places: tasks.map((t) => ({ network: t.name, block, kind })),
      width,
      heads: s.heads,
      hidden: s.feedForward,
      rotary,
      attentionDropout: s.attentionDropout,
      feedForwardDropout: s.feedForwardDropout,
      init,
      seed,
      site,
    });
  const blocks = Array.from({ length: s.blocks }, (_, b) =>
    row
      ? {
          feature: encoder(b, 'feature', `blocks.${b}.0`, s.width, false, 2 * b),
          row: encoder(b, 'row', `blocks.${b}.1`, embedding.numTokens * s.width, row.rotary, 2 * b + 1),
        }
      : { feature: encoder(b, 'feature', `blocks.${b}`, s.width, false, b), row: null },
  );
  const towers = createTowers(set, {
    members: named('tower.tower'),
    inputs: s.width,
    sharedInput: false,
    hidden: s.tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: false,
    dropoutRate: 0,
    seed,
    site: 0,
    init: linearInitOf(init),
  });
  return {
    embedding,
    blocks,
    towers,
    selfOnly: row?.rotary === true && row.interSample === 'as-released',
  };
}

function forward(network: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D[] {
  const { embedding, blocks, towers, selfOnly } = network;
  const { copies, numTokens, width } = embedding;
  const side = applyEmbedding(embedding, batch); // [B, T*L, e]
  const rows = side.shape[0];
  let tokens = byNetwork(tf.reshape(side, [rows, copies * numTokens * width]), copies, numTokens);
  for (const { feature, row } of blocks) {
    tokens = applyEncoder(feature, tokens, null, options);
    if (!row) continue;
    const flat = tf.reshape(tokens, [copies, rows, numTokens * width]) as tf.Tensor3D; // [T, B, L*e]
    const mixed = applyEncoder(row, flat, null, options, selfOnly);
    tokens = tf.reshape(mixed, [copies * rows, numTokens, width]);
  }
  const first = takeSlots(tf.reshape(tokens, [copies * rows, numTokens * width]), [0], numTokens);
  return applyTowers(towers, sideBySide(first, copies), options);
}

/** [B, networks * L * e] -> [networks * B, L, e] */
export function byNetwork(columns: tf.Tensor2D, networks: number, numTokens: number): tf.Tensor3D {
  const [rows, total] = columns.shape;
  const apart = tf.reshape(columns, [rows, networks, total / networks]);
  return tf.reshape(tf.transpose(apart, [1, 0, 2]), [
    networks * rows,
    numTokens,
    total / networks / numTokens,
  ]);
}

/** [networks * B, n] -> [B, networks * n] */
export function sideBySide(rows: tf.Tensor2D, networks: number): tf.Tensor2D {
  const [total, width] = rows.shape;
  const apart = tf.reshape(rows, [networks, total / networks, width]);
  return tf.reshape(tf.transpose(apart, [1, 0, 2]), [total / networks, networks * width]);
}

function flopsPerRow({ embedding, blocks, towers, selfOnly }: Network, batchSize: number): number {
  const encode = blocksFlops(blocks, embedding.numTokens, batchSize, selfOnly);
  return embeddingFlops(embedding) + embedding.copies * encode + towersFlops(towers);
}

export function buildSingleTaskTransformer(context: ModelContext, options: SingleTaskOptions): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context, options);
  return assemble(set, {
    forward: (batch, forwardOptions) => forward(network, batch, forwardOptions),
    flopsPerRow: (batchSize) => flopsPerRow(network, batchSize),
  });
}
