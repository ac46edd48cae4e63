// MultiTab-Net: a transformer with one token per task and a multitask masked attention between tokens, and optionally
// attention between the rows of a batch (Sinodinos et al. 2025, arXiv 2511.09970). Conventions: golden/README.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, type SettingsOf, settingsOf } from '../config/defineParams.ts';
import type { Params } from '../config/params.ts';
import type { AttentionKind } from '../core/attentionPlace.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import type { TokenLabel } from '../core/tokens.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { applyEmbedding, createEmbedding, embeddingFlops } from '../layers/embedding.ts';
import { applyEncoder, blocksFlops, createEncoder, type Encoder } from '../layers/encoder.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import { applyTowers, createTowers, type Towers, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { checkMask, keepTokens } from '../masks/custom.ts';
import type { MaskDef } from '../masks/mask.ts';
import { masks as maskRegistry } from '../masks/registry.ts';
import { assemble } from './assemble.ts';
import { attentionOf, withAttentionChoice } from './attentionChoice.ts';
import { initialisationOf, initialValuesNotes, linearInitOf, PAPER, type Start } from './commonParams.ts';
import type { FlowLayer, GradientModelDef, Model, ModelContext, ModelShape, TokenFlow } from './model.ts';
import { checkAttention, rowParams, sizeParams } from './transformer.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'scaled', rate: 1 };

const params = defineParams([
  {
    kind: 'choice',
    key: 'attention',
    label: 'Attention',
    help: 'Feature: tokens of one row attend to each other. Feature + row: then the rows of a batch attend to each other, and a prediction depends on which rows share its batch.',
    source: PAPER,
    control: 'segmented',
    options: [
      { value: 'col', label: 'Feature' },
      { value: 'row_col', label: 'Feature + row' },
    ],
    default: 'col',
  },
  ...rowParams({ key: 'attention', oneOf: ['row_col'] }),
  {
    kind: 'choice',
    key: 'mask',
    label: 'Mask',
    help: 'What the tokens of a row may not read. Rows are queries, columns are keys; the same mask in training and evaluation.',
    source: PAPER,
    options: Object.values(maskRegistry).map((m) => ({ value: m.id, label: m.label, help: m.summary })),
    default: 'TxT',
  },
  {
    kind: 'text',
    key: 'customMask',
    label: 'Painted mask',
    help: 'One line per query, separated by slashes: a dot where it may read the key, an x where it may not. Then masks of their own for a block (@0:…) or a head of it (@0.1:…), counted from 0. Paint it in the Masks tab.',
    maxLength: 40_000,
    packing: 'mask',
    default: '',
    visibleWhen: { key: 'mask', oneOf: ['custom'] },
  },
  {
    kind: 'choice',
    key: 'taskTokens',
    label: 'Task tokens',
    help: 'One learned token per task, read by its tower, or one token that all towers read.',
    source: PAPER,
    control: 'segmented',
    options: [
      { value: 'per-task', label: 'Per task' },
      { value: 'shared', label: 'Shared' },
    ],
    default: 'per-task',
  },
  ...sizeParams(START),
]);

type Settings = SettingsOf<typeof params>;

const numTaskTokensOf = (s: Settings, shape: ModelShape) =>
  s.taskTokens === 'per-task' ? shape.tasks.length : 1;

/** Names of the tokens of a row: task tokens first, then the columns. */
function tokensOf(values: Params, { features, tasks }: ModelShape): TokenLabel[] {
  const shared = settingsOf(params, values).taskTokens === 'shared';
  const names = shared ? ['all tasks'] : tasks.map((t) => t.name);
  return [
    ...names.map((name): TokenLabel => ({ name, group: 'task' })),
    ...features.map((f): TokenLabel => ({ name: f.name, group: f.kind })),
  ];
}

function check(values: Params, shape: ModelShape, prefix: string): Issue[] {
  const s = settingsOf(params, values);
  const tokens = numTaskTokensOf(s, shape) + shape.features.length;
  const names = tokensOf(values, shape).map((t) => t.name);
  const maskIssues =
    s.mask === 'custom'
      ? checkMask(
          s.customMask,
          {
            numTokens: tokens,
            blocks: s.blocks,
            heads: s.heads,
            name: (token) => names[token] ?? `token ${token}`,
          },
          `${prefix}.customMask`,
        )
      : [];
  return [...checkAttention(s, s.attention === 'row_col' ? { ...s, tokens } : null, prefix), ...maskIssues];
}

/** The parts of one forward pass; separate from the creation of the variables, to keep both short. */
interface Network {
  settings: Settings;
  embedding: ReturnType<typeof createEmbedding>;
  blocks: { feature: Encoder; row: Encoder | null }[];
  towers: Towers;
  /** Per block: [L * L] for all heads or [heads * L * L], 1 = blocked, or null. */
  masks: (Uint8Array | null)[];
}

function createNetwork(set: ParameterSet, { features, tasks, params: values, seed }: ModelContext): Network {
  const settings = settingsOf(params, values);
  const { width, heads, feedForward, attention, rotary } = settings;
  const init = initialisationOf(settings.initialisation);
  const numTaskTokens = numTaskTokensOf(settings, { features, tasks });
  const embedding = createEmbedding(set, {
    members: [{ name: 'tok_emb', task: null }],
    features,
    numTaskTokens,
    width,
    ...init.embedding(width),
  });
  const layersPerBlock = attention === 'row_col' ? 2 : 1;
  const encoder = (block: number, kind: AttentionKind, layerWidth: number, withRotary: boolean) => {
    const layer = kind === 'feature' ? 0 : 1;
    return createEncoder(set, {
      attention: attentionOf(values),
      networks: [{ name: `transformer.blocks.${block}.${layer}`, task: null }],
      places: [{ network: null, block, kind }],
      width: layerWidth,
      heads,
      hidden: feedForward,
      rotary: withRotary,
      attentionDropout: settings.attentionDropout,
      feedForwardDropout: settings.feedForwardDropout,
      init,
      seed,
      site: block * layersPerBlock + layer,
    });
  };
  const blocks = Array.from({ length: settings.blocks }, (_, block) => ({
    feature: encoder(block, 'feature', width, false),
    row: attention === 'row_col' ? encoder(block, 'row', embedding.numTokens * width, rotary) : null,
  }));
  const towers = createTowers(set, {
    members: tasks.map(({ name }, task) => ({ name: `task_heads.${name}.tower`, task })),
    inputs: width,
    sharedInput: settings.taskTokens === 'shared',
    hidden: settings.tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: false,
    dropoutRate: 0,
    seed,
    site: 0,
    init: linearInitOf(init),
  });
  const maskDef: MaskDef = lookUp(maskRegistry, settings.mask, 'model.params.mask');
  return {
    settings,
    embedding,
    blocks,
    towers,
    masks: blocks.map((_, block) =>
      maskDef.build({
        numTaskTokens,
        numTokens: embedding.numTokens,
        block,
        heads,
        text: settings.customMask,
      }),
    ),
  };
}

/** With rotary positions the public code never mixes rows. */
const isSelfOnly = ({ interSample, rotary }: Settings) => interSample === 'as-released' && rotary;

function forward(network: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D[] {
  const { settings, embedding, blocks, towers } = network;
  const { numTokens, width } = embedding;
  const selfOnly = isSelfOnly(settings);
  const embedded = applyEmbedding(embedding, batch); // [B, L, e]
  let tokens = options.editTokens?.(embedded) ?? embedded;
  const rows = tokens.shape[0];
  for (const [i, { feature, row }] of blocks.entries()) {
    const mask = options.mask ? options.mask(i) : (network.masks[i] ?? null);
    tokens = applyEncoder(feature, tokens, mask, options);
    if (!row) continue;
    const flat = tf.reshape(tokens, [1, rows, numTokens * width]); // [1, B, L*e]
    const mixed = applyEncoder(row, flat as tf.Tensor3D, null, options, selfOnly);
    tokens = tf.reshape(mixed, [rows, numTokens, width]);
  }
  const { numTaskTokens } = embedding;
  const flat = tf.reshape(tokens, [rows, numTokens * width]) as tf.Tensor2D;
  const slots = Array.from({ length: numTaskTokens }, (_, i) => i);
  return applyTowers(towers, takeSlots(flat, slots, numTokens), options);
}

function flowOf({ settings, embedding, blocks, masks }: Network, numTasks: number): TokenFlow {
  const { taskTokens, heads } = settings;
  const acrossRows = !isSelfOnly(settings);
  return {
    numTokens: embedding.numTokens,
    heads,
    layers: blocks.flatMap(({ row }, block): FlowLayer[] => [
      { block, kind: 'feature', blocked: masks[block] ?? null },
      ...(row ? [{ block, kind: 'row' as const, acrossRows }] : []),
    ]),
    outputTokens: Array.from({ length: numTasks }, (_, task) => (taskTokens === 'per-task' ? task : 0)),
  };
}

function flopsPerRow({ settings, embedding, blocks, towers }: Network, batchSize: number): number {
  const encode = blocksFlops(blocks, embedding.numTokens, batchSize, isSelfOnly(settings));
  return embeddingFlops(embedding) + encode + towersFlops(towers);
}

function build(context: ModelContext): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context);
  return assemble(set, {
    forward: (batch, options) => forward(network, batch, options),
    flow: flowOf(network, context.tasks.length),
    flopsPerRow: (batchSize) => flopsPerRow(network, batchSize),
  });
}

export const multitab: GradientModelDef = {
  id: 'multitab-net',
  label: 'MultiTab-Net',
  summary: 'A transformer over feature tokens with one token per task and masks on what tokens may read.',
  citation: `Sinodinos et al., MultiTab: A Scalable Foundation for Multitask Learning on Tabular Data, arXiv 2511.09970, AAAI 2026`,
  singleTask: false,
  capabilities: ['attention', 'masks'],
  deviations: [
    'Attention between rows mixes rows, as the paper describes; the public code does not when rotary positions are on. Row mixing "As released" gives its behaviour.',
    ...initialValuesNotes(START),
    'Evaluation uses fixed batches in row order, because attention between rows makes a prediction depend on its batch.',
  ],
  params: withAttentionChoice(params),
  masking: (values, shape) => {
    const { blocks, heads } = settingsOf(params, values);
    return { tokens: tokensOf(values, shape), blocks, heads };
  },
  paramsOfTasks: (values, shape, tasks) => {
    const { mask, customMask, taskTokens } = settingsOf(params, values);
    if (mask !== 'custom' || taskTokens === 'shared') return values;
    const columns = shape.features.map((_, feature) => shape.tasks.length + feature);
    return { ...values, customMask: keepTokens(customMask, [...tasks, ...columns]) };
  },
  check,
  build,
};
