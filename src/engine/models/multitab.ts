// MultiTab-Net: a transformer with one token per task and a multitask masked attention between tokens, and optionally
// attention between the rows of a batch (Sinodinos et al. 2025, arXiv 2511.09970). Conventions: golden/README.
import * as tf from '@tensorflow/tfjs-core';
import type { ParamSpec, Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import { takeTokens } from '../kernels/takeTokens.ts';
import { applyEmbedding, createEmbedding } from '../layers/embedding.ts';
import { applyEncoder, createEncoder, type Encoder, encoderFlops } from '../layers/encoder.ts';
import { type InitialisationScheme, initialisations } from '../layers/initialisation.ts';
import { applyTower, createTower, type Tower, towerFlops } from '../layers/mlp.ts';
import { ParameterSet, zeros } from '../layers/parameterSet.ts';
import type { MaskDef } from '../masks/mask.ts';
import { masks } from '../masks/registry.ts';
import type { Batch, ForwardOptions, Model, ModelContext, ModelDef, ModelShape } from './model.ts';

const PAPER = 'Sinodinos et al. 2025, arXiv 2511.09970';

interface Settings {
  attention: 'col' | 'row_col';
  interSample: 'across-rows' | 'as-released';
  rotary: boolean;
  mask: string;
  taskTokens: 'per-task' | 'shared';
  blocks: number;
  width: number;
  heads: number;
  feedForward: number;
  tower: number[];
  attentionDropout: number;
  feedForwardDropout: number;
  initialisation: string;
}

const params: readonly ParamSpec[] = [
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
  {
    kind: 'choice',
    key: 'interSample',
    label: 'Row mixing',
    help: 'Across rows: attention over the batch, as the paper describes. As released: with rotary positions the public code attends over sequences of length one, so rows never mix.',
    source: `${PAPER}; public code Armanfard-Lab/MultiTab`,
    options: [
      { value: 'across-rows', label: 'Across rows' },
      { value: 'as-released', label: 'As released' },
    ],
    default: 'across-rows',
    visibleWhen: { key: 'attention', oneOf: ['row_col'] },
  },
  {
    kind: 'switch',
    key: 'rotary',
    label: 'Rotary',
    help: 'Rotary positions in attention between rows; the position is the index of the row in the batch. Without them, "As released" mixes rows too.',
    source: 'Su et al. 2021, arXiv 2104.09864',
    caption: 'row positions',
    default: true,
    visibleWhen: { key: 'attention', oneOf: ['row_col'] },
  },
  {
    kind: 'choice',
    key: 'mask',
    label: 'Mask',
    help: 'What the tokens of a row may not read. Rows are queries, columns are keys; the same mask in training and evaluation.',
    source: PAPER,
    options: Object.values(masks).map((m) => ({ value: m.id, label: m.label, help: m.summary })),
    default: 'TxT',
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
  {
    kind: 'number',
    key: 'blocks',
    label: 'Blocks',
    help: 'Number of blocks. A mask blocks one hop; with two blocks, tasks can meet in a feature.',
    integer: true,
    min: 1,
    max: 12,
    step: 1,
    default: 1,
  },
  {
    kind: 'number',
    key: 'width',
    label: 'Width',
    help: 'Size of a token.',
    integer: true,
    min: 1,
    max: 256,
    step: 1,
    default: 16,
  },
  {
    kind: 'number',
    key: 'heads',
    label: 'Heads',
    help: 'Attention heads; they share the width.',
    integer: true,
    min: 1,
    max: 16,
    step: 1,
    default: 4,
  },
  {
    kind: 'number',
    key: 'feedForward',
    label: 'Feed-forward',
    help: 'Hidden size of the network behind each attention.',
    integer: true,
    min: 1,
    max: 2048,
    step: 1,
    default: 256,
    scale: 'log',
  },
  {
    kind: 'numbers',
    key: 'tower',
    label: 'Tower',
    help: 'Hidden sizes of the head of each task; empty for one linear layer.',
    integer: true,
    min: 1,
    max: 2048,
    minLength: 0,
    maxLength: 6,
    default: [64],
  },
  {
    kind: 'number',
    key: 'attentionDropout',
    label: 'Att. dropout',
    help: 'Share of attention weights dropped while training.',
    integer: false,
    min: 0,
    max: 0.9,
    step: 0.05,
    default: 0,
    advanced: true,
  },
  {
    kind: 'number',
    key: 'feedForwardDropout',
    label: 'FF dropout',
    help: 'Share of hidden units of the feed-forward network dropped while training.',
    integer: false,
    min: 0,
    max: 0.9,
    step: 0.05,
    default: 0,
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'initialisation',
    label: 'Initial values',
    help: 'Scaled: Glorot projections and tokens in ±0.4/sqrt(width). As released: normal with standard deviation 0.01, which learns slowly.',
    source: 'Glorot and Bengio 2010; Gorishniy et al. 2021; public code Armanfard-Lab/MultiTab',
    options: [
      { value: 'scaled', label: 'Scaled' },
      { value: 'as-released', label: 'As released' },
    ],
    default: 'scaled',
    advanced: true,
  },
];

const settingsOf = (values: Params) => values as unknown as Settings;

const numTaskTokensOf = (s: Settings, shape: ModelShape) =>
  s.taskTokens === 'per-task' ? shape.tasks.length : 1;

function check(values: Params, shape: ModelShape, prefix: string): Issue[] {
  const s = settingsOf(values);
  const issues: Issue[] = [];
  const tokens = numTaskTokensOf(s, shape) + shape.features.length;
  const rowWidth = tokens * s.width;
  if (s.width % s.heads !== 0) {
    const divisors = Array.from({ length: s.width }, (_, i) => i + 1).filter((h) => s.width % h === 0);
    issues.push({
      path: `${prefix}.heads`,
      expected: `a divisor of the width ${s.width} (${divisors.join(', ')})`,
      got: String(s.heads),
      remedy: 'Change the number of heads or the width.',
    });
  } else if (s.attention === 'row_col' && s.rotary && (rowWidth / s.heads) % 2 !== 0) {
    issues.push({
      path: `${prefix}.rotary`,
      expected: `an even head size in attention between rows (${tokens} tokens x width ${s.width} / ${s.heads} heads)`,
      got: String(rowWidth / s.heads),
      remedy: 'Turn rotary positions off, or use an even width per head.',
    });
  } else if (s.attention === 'row_col' && s.rotary && rowWidth / s.heads === 2) {
    issues.push({
      path: `${prefix}.rotary`,
      expected: 'a head size of at least 4 in attention between rows with rotary positions',
      got: '2',
      remedy: 'Use a larger width or fewer heads: one rotating pair cannot tell rows apart by frequency.',
    });
  }
  if (s.attention === 'row_col' && rowWidth > 8192) {
    issues.push({
      path: `${prefix}.width`,
      expected: `at most 8192 numbers per row in attention between rows`,
      got: `${tokens} tokens x width ${s.width} = ${rowWidth}`,
      remedy: 'Use a smaller width, fewer features, or feature attention alone.',
    });
  }
  return issues;
}

/** What one forward pass needs; kept apart from the variables' creation so that each stays short. */
interface Network {
  settings: Settings;
  embedding: ReturnType<typeof createEmbedding>;
  blocks: { feature: Encoder; row: Encoder | null }[];
  towers: Tower[];
  /** [L * L], 1 = blocked, or null. */
  mask: Uint8Array | null;
}

function createNetwork(set: ParameterSet, { features, tasks, params: values, seed }: ModelContext): Network {
  const settings = settingsOf(values);
  const { width, heads, feedForward, attention, rotary } = settings;
  const init: InitialisationScheme = lookUp(
    initialisations,
    settings.initialisation,
    'model.params.initialisation',
  );
  const numTaskTokens = numTaskTokensOf(settings, { features, tasks });
  const tokens = init.embedding(width);
  const embedding = createEmbedding(set, {
    name: 'tok_emb',
    features,
    numTaskTokens,
    width,
    weight: tokens.weight,
    bias: tokens.bias,
    tableInit: tokens.weight,
  });
  const layersPerBlock = attention === 'row_col' ? 2 : 1;
  const encoder = (block: number, layer: number, layerWidth: number, withRotary: boolean) =>
    createEncoder(set, {
      name: `transformer.blocks.${block}.${layer}`,
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
  const blocks = Array.from({ length: settings.blocks }, (_, block) => ({
    feature: encoder(block, 0, width, false),
    row: attention === 'row_col' ? encoder(block, 1, embedding.numTokens * width, rotary) : null,
  }));
  const towers = tasks.map((task, i) =>
    createTower(set, {
      name: `task_heads.${task.name}.tower`,
      inputs: width,
      hidden: settings.tower,
      outputs: task.outputs,
      batchNorm: false,
      dropoutRate: 0,
      seed,
      site: 0,
      init: () => ({ weight: init.linear, bias: zeros }),
      task: i,
    }),
  );
  const maskDef: MaskDef = lookUp(masks, settings.mask, 'model.params.mask');
  return { settings, embedding, blocks, towers, mask: maskDef.build(numTaskTokens, embedding.numTokens) };
}

function forward(network: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D[] {
  const { settings, embedding, blocks, towers, mask } = network;
  const { numTokens, width } = embedding;
  const selfOnly = settings.interSample === 'as-released' && settings.rotary;
  let tokens = applyEmbedding(embedding, batch); // [B, L, e]
  const rows = tokens.shape[0];
  for (const [i, { feature, row }] of blocks.entries()) {
    tokens = applyEncoder(feature, tokens, mask, `block${i}/feature`, options);
    if (!row) continue;
    const flat = tf.reshape(tokens, [1, rows, numTokens * width]); // [1, B, L*e]
    const mixed = applyEncoder(row, flat as tf.Tensor3D, null, `block${i}/row`, options, selfOnly);
    tokens = tf.reshape(mixed, [rows, numTokens, width]);
  }
  const taskTokens = takeTokens(tokens, embedding.numTaskTokens);
  return towers.map((tower, i) => {
    const token = taskTokens[settings.taskTokens === 'per-task' ? i : 0];
    return applyTower(tower, token as tf.Tensor2D, options);
  });
}

function flopsPerRow({ embedding, blocks, towers }: Network, batchSize: number): number {
  const embed = 2 * embedding.numTokens * embedding.width;
  const encode = blocks.reduce(
    (sum, { feature, row }) =>
      sum + encoderFlops(feature, embedding.numTokens) + (row ? encoderFlops(row, batchSize) / batchSize : 0),
    0,
  );
  return embed + encode + towers.reduce((sum, tower) => sum + towerFlops(tower), 0);
}

function build(context: ModelContext): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context);
  return {
    parameters: set.parameters,
    buffers: set.buffers,
    frozen: set.frozen,
    forward: (batch, options) => forward(network, batch, options),
    flopsPerRow: (batchSize) => flopsPerRow(network, batchSize),
    dispose: () => set.dispose(),
  };
}

export const multitab: ModelDef = {
  id: 'multitab-net',
  label: 'MultiTab-Net',
  summary: 'A transformer over feature tokens with one token per task and masks on what tokens may read.',
  citation: `Sinodinos et al., MultiTab: A Scalable Foundation for Multitask Learning on Tabular Data, arXiv 2511.09970, AAAI 2026`,
  singleTask: false,
  deviations: [
    'Attention between rows mixes rows, as the paper describes; the public code does not when rotary positions are on. Row mixing "As released" gives its behaviour.',
    'Initial values are scaled by default; "As released" gives the standard deviation of 0.01 of the public code.',
    'Evaluation uses fixed batches in row order, because attention between rows makes a prediction depend on its batch.',
  ],
  params,
  check,
  build,
};
