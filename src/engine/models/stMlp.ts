// ST-MLP, the single-task baseline of the paper: one independent MLP with batch norm per task, each with its own embedding of
// the columns; all run side by side. Conventions and names: golden/README.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import { applyFlatInput, createFlatInput, flatInputFlops } from '../layers/embedding.ts';
import { applyTowers, createTowers, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble } from './assemble.ts';
import {
  dropoutParam,
  embeddingParam,
  initialisationOf,
  linearInitOf,
  mlpStart,
  sizesParam,
} from './commonParams.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';

const params = defineParams([
  sizesParam(
    'hidden',
    'Hidden',
    'Hidden sizes of each network: Linear, batch norm, ReLU per size.',
    [512, 256, 64],
  ),
  embeddingParam(16),
  dropoutParam,
  ...mlpStart({ initialisation: 'torch-default', rate: 1 }),
]);

function build({ features, tasks, params: values, seed, countOnly }: ModelContext): Model {
  const { hidden, embedding, dropout, initialisation } = settingsOf(params, values);
  const set = new ParameterSet(seed, countOnly);
  const scheme = initialisationOf(initialisation);
  const input = createFlatInput(set, {
    members: tasks.map(({ name }, task) => ({ name: `${name}.embedding`, task })),
    features,
    width: embedding,
    ...scheme.embedding(embedding),
  });
  const networks = createTowers(set, {
    members: tasks.map(({ name }, task) => ({ name, task })),
    names: { hidden: (name) => `${name}.mlp_layer`, last: (name) => `${name}.output_layer` },
    inputs: input.columns,
    sharedInput: embedding === 0,
    hidden,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: true,
    dropoutRate: dropout,
    seed,
    site: 0,
    init: linearInitOf(scheme),
  });
  return assemble(set, {
    forward: (batch, options) => applyTowers(networks, applyFlatInput(input, batch), options),
    flopsPerRow: () => flatInputFlops(input) + towersFlops(networks),
  });
}

export const stMlp: GradientModelDef = {
  id: 'st-mlp',
  label: 'ST-MLP',
  summary: 'One independent MLP per task: the single-task baseline.',
  citation: 'Baseline of Sinodinos et al. 2025, arXiv 2511.09970; batch norm: Ioffe and Szegedy 2015',
  singleTask: true,
  capabilities: [],
  deviations: ['Early stopping and the best checkpoint are per task, since the networks share nothing.'],
  params,
  check: () => [],
  build,
};
