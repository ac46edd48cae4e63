// MT-MLP, hard parameter sharing (Caruana 1997): one MLP shared by all tasks, and a tower per task. Conventions and names:
// golden/README.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import { flatInputFlops, readFlatInput } from '../layers/embedding.ts';
import { applyMlps, applyTowers, createMlps, createTowers, mlpsFlops, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble, createInput } from './assemble.ts';
import {
  dropoutParam,
  embeddingParam,
  initialisationOf,
  initialValuesNotes,
  linearInitOf,
  mlpStart,
  PAPER,
  type Start,
  sizesParam,
  towerParam,
} from './commonParams.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'as-released', rate: 1 };

const params = defineParams([
  sizesParam('shared', 'Shared', 'Hidden sizes of the network that all tasks share.', [256, 128]),
  towerParam([64]),
  embeddingParam(16),
  dropoutParam,
  ...mlpStart(START),
]);

function build({ features, tasks, params: values, seed, countOnly }: ModelContext): Model {
  const { shared, tower, embedding, dropout, initialisation } = settingsOf(params, values);
  const scheme = initialisationOf(initialisation);
  const set = new ParameterSet(seed, countOnly);
  const input = createInput(set, ['embedding'], features, embedding, scheme);
  const common = { batchNorm: true, dropoutRate: dropout, seed, init: linearInitOf(scheme) };
  const bottom = createMlps(set, {
    ...common,
    members: [{ name: 'shared_layer', task: null }],
    inputs: input.columns,
    groups: [1],
    hidden: shared,
    site: 0,
  });
  const heads = createTowers(set, {
    ...common,
    members: tasks.map((_, task) => ({ name: `heads.${task}`, task })),
    inputs: shared.at(-1) as number,
    sharedInput: true,
    hidden: tower,
    outputs: tasks.map((t) => t.outputs),
    site: shared.length,
  });
  return assemble(set, {
    forward: (batch, options) =>
      applyTowers(heads, applyMlps(bottom, readFlatInput(input, batch), options), options),
    flopsPerRow: () => flatInputFlops(input) + mlpsFlops(bottom) + towersFlops(heads),
  });
}

export const mtMlp: GradientModelDef = {
  id: 'mt-mlp',
  label: 'MT-MLP',
  summary: 'Shared bottom: one network for all tasks and a tower per task.',
  citation: `Caruana, Multitask Learning, Machine Learning 28, 1997; baseline of ${PAPER}`,
  singleTask: false,
  capabilities: [],
  deviations: initialValuesNotes(START),
  params,
  check: () => [],
  build,
};
