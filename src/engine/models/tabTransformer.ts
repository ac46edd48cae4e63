// TabTransformer (Huang et al. 2020): attention between the categorical columns only; normalised numeric columns are appended
// after it. One network per task. Conventions and names: golden/README.

import * as tf from '@tensorflow/tfjs-core';
import { settingsOf } from '../config/defineParams.ts';
import { applyEmbedding, createEmbedding, type Embedding, embeddingFlops } from '../layers/embedding.ts';
import { applyEncoder, blocksFlops, createEncoder, type Encoder } from '../layers/encoder.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import type { Member } from '../layers/linear.ts';
import { applyTowers, createTowers, type Towers, towersFlops } from '../layers/mlp.ts';
import { applyLayerNorm, createLayerNorm, type LayerNorm } from '../layers/norm.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble } from './assemble.ts';
import { attentionOf, withAttentionChoice } from './attentionChoice.ts';
import { initialisationOf, initialValuesNotes, linearInitOf, PAPER, type Start } from './commonParams.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';
import { byNetwork, sideBySide } from './singleTaskTransformer.ts';
import { checkAttention, sizeParams } from './transformer.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'as-released', rate: 1 };

const params = sizeParams(START);

interface Network {
  embedding: Embedding;
  blocks: Encoder[];
  /** Norm of the numeric columns; null if there are none. */
  numericNorm: LayerNorm | null;
  towers: Towers;
}

function createNetwork(set: ParameterSet, { features, tasks, params: values, seed }: ModelContext): Network {
  const s = settingsOf(params, values);
  const init = initialisationOf(s.initialisation);
  const categorical = features.filter((f) => f.kind === 'categorical');
  const numNumeric = features.length - categorical.length;
  const named = (part: string) => tasks.map(({ name }, task): Member => ({ name: `${name}.${part}`, task }));
  const embedding = createEmbedding(set, {
    members: named('tok_emb'),
    features: categorical,
    numTaskTokens: 0,
    width: s.width,
    ...init.embedding(s.width),
  });
  const blocks = Array.from({ length: s.blocks }, (_, b) =>
    createEncoder(set, {
      attention: attentionOf(values),
      networks: named(`blocks.${b}`),
      places: tasks.map((t) => ({ network: t.name, block: b, kind: 'feature' })),
      width: s.width,
      heads: s.heads,
      hidden: s.feedForward,
      rotary: false,
      attentionDropout: s.attentionDropout,
      feedForwardDropout: s.feedForwardDropout,
      dropoutAt: 'skip',
      init,
      seed,
      site: b,
    }),
  );
  const numericNorm = numNumeric > 0 ? createLayerNorm(set, named('norm_cont'), numNumeric) : null;
  const towers = createTowers(set, {
    members: named('tower.tower'),
    inputs: categorical.length * s.width + numNumeric,
    sharedInput: false,
    hidden: s.tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: false,
    dropoutRate: 0,
    seed,
    site: 0,
    init: linearInitOf(init),
  });
  return { embedding, blocks, numericNorm, towers };
}

function forward(network: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D[] {
  const { embedding, blocks, numericNorm, towers } = network;
  const { copies, numTokens, width } = embedding;
  const side = applyEmbedding(embedding, batch); // [B, T*L, e]
  const rows = side.shape[0];
  const start = byNetwork(tf.reshape(side, [rows, copies * numTokens * width]), copies, numTokens);
  const tokens = blocks.reduce((x, block) => applyEncoder(block, x, null, options), start);
  const flat = tf.reshape(tokens, [copies * rows, numTokens * width]) as tf.Tensor2D; // [T*B, L*e]
  const joined = numericNorm
    ? tf.concat([flat, applyLayerNorm(numericNorm, tf.tile(batch.numeric, [copies, 1]))], 1)
    : flat;
  return applyTowers(towers, sideBySide(joined as tf.Tensor2D, copies), options);
}

function build(context: ModelContext): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context);
  const { embedding, blocks, towers } = network;
  const { copies, numTokens } = embedding;
  return assemble(set, {
    forward: (batch, options) => forward(network, batch, options),
    flopsPerRow: () =>
      embeddingFlops(embedding) +
      copies *
        blocksFlops(
          blocks.map((feature) => ({ feature, row: null })),
          numTokens,
          1,
          false,
        ) +
      towersFlops(towers),
  });
}

export const tabTransformer: GradientModelDef = {
  id: 'tab-transformer',
  label: 'TabTransformer',
  summary: 'One transformer over the categorical columns per task; numeric columns join behind it.',
  citation: `Huang et al., TabTransformer: Tabular Data Modeling Using Contextual Embeddings, arXiv 2012.06678; baseline of ${PAPER}`,
  singleTask: true,
  capabilities: ['attention'],
  deviations: [
    'As in the public code: pre-norm blocks, dropout on the skip paths, and no column identifiers or pre-training.',
    ...initialValuesNotes(START),
  ],
  params: withAttentionChoice(params),
  check(values, { features }, prefix) {
    const issues = checkAttention(settingsOf(params, values), null, prefix);
    if (!features.some((f) => f.kind === 'categorical')) {
      issues.push({
        path: `${prefix.replace(/\.params$/, '')}.id`,
        expected: 'at least one categorical feature, because only those become tokens',
        got: `${features.length} numeric features`,
        remedy: 'Bin some features into categories (Data, Categorical), or choose the FT-Transformer.',
      });
    }
    return issues;
  },
  build,
};
