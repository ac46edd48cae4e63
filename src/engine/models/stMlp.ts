// ST-MLP, the single-task baseline of the paper: one independent MLP with batch norm per task, each with its own
// embedding of the columns. Conventions and names: golden/README.
import type * as tf from '@tensorflow/tfjs-core';
import { reshape } from '@tensorflow/tfjs-core';
import type { ParamSpec, Params } from '../config/params.ts';
import { applyEmbedding, createEmbedding, type Embedding, rawColumns } from '../layers/embedding.ts';
import { applyLinear, createLinear, type Linear, linearFlops } from '../layers/linear.ts';
import { applyMlp, createMlp, type Mlp, mlpFlops, torchDefault } from '../layers/mlp.ts';
import { normal, ParameterSet, uniform } from '../layers/parameterSet.ts';
import type { Batch, ForwardOptions, Model, ModelContext, ModelDef } from './model.ts';

interface Settings {
  hidden: number[];
  embedding: number;
  dropout: number;
}

const params: readonly ParamSpec[] = [
  {
    kind: 'numbers',
    key: 'hidden',
    label: 'Hidden',
    help: 'Hidden sizes of each network: Linear, batch norm, ReLU per size.',
    integer: true,
    min: 1,
    max: 4096,
    minLength: 1,
    maxLength: 8,
    default: [512, 256, 64],
  },
  {
    kind: 'number',
    key: 'embedding',
    label: 'Embedding',
    help: 'Size of the vector per column; 0 feeds the raw columns.',
    integer: true,
    min: 0,
    max: 256,
    step: 1,
    default: 16,
  },
  {
    kind: 'number',
    key: 'dropout',
    label: 'Dropout',
    help: 'Share of hidden units dropped while training.',
    integer: false,
    min: 0,
    max: 0.9,
    step: 0.05,
    default: 0,
    advanced: true,
  },
];

interface Network {
  embedding: Embedding | null;
  mlp: Mlp;
  last: Linear;
}

function createNetwork(set: ParameterSet, context: ModelContext, task: number): Network {
  const { hidden, embedding: width, dropout } = context.params as unknown as Settings & Params;
  const { features, seed } = context;
  const { name, outputs } = context.tasks[task] ?? { name: '', outputs: 1 };
  // PyTorch's defaults: Linear(1, e) uniform in ±1, Embedding N(0, 1).
  const embedding =
    width === 0
      ? null
      : createEmbedding(set, {
          name: `${name}.embedding`,
          features,
          numTaskTokens: 0,
          width,
          weight: uniform(1),
          bias: uniform(1),
          tableInit: normal(1),
          task,
        });
  const mlp = createMlp(set, {
    name: `${name}.mlp_layer`,
    inputs: features.length * Math.max(1, width),
    hidden,
    batchNorm: true,
    dropoutRate: dropout,
    seed,
    site: task * hidden.length,
    init: torchDefault(uniform),
    task,
  });
  const inputs = hidden.at(-1) ?? 1;
  const last = createLinear(set, `${name}.output_layer`, inputs, outputs, {
    ...torchDefault(uniform)(inputs),
    task,
  });
  return { embedding, mlp, last };
}

function forwardOne({ embedding, mlp, last }: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D {
  const columns = embedding ? applyEmbedding(embedding, batch) : rawColumns(batch);
  const flat = reshape(columns as tf.Tensor, [columns.shape[0], -1]) as tf.Tensor2D;
  return applyLinear(last, applyMlp(mlp, flat, options));
}

function build(context: ModelContext): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const networks = context.tasks.map((_, task) => createNetwork(set, context, task));
  return {
    parameters: set.parameters,
    buffers: set.buffers,
    frozen: set.frozen,
    forward: (batch, options) => networks.map((network) => forwardOne(network, batch, options)),
    flopsPerRow: () =>
      networks.reduce(
        (sum, { embedding, mlp, last }) =>
          sum +
          2 * (embedding ? embedding.numTokens * embedding.width : 0) +
          mlpFlops(mlp) +
          linearFlops(last),
        0,
      ),
    dispose: () => set.dispose(),
  };
}

export const stMlp: ModelDef = {
  id: 'st-mlp',
  label: 'ST-MLP',
  summary: 'One independent MLP per task: the single-task baseline.',
  citation: 'Baseline of Sinodinos et al. 2025, arXiv 2511.09970; batch norm: Ioffe and Szegedy 2015',
  singleTask: true,
  deviations: ['Early stopping and the best checkpoint are per task, since the networks share nothing.'],
  params,
  check: () => [],
  build,
};
