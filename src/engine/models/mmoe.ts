// MMoE, Multi-gate Mixture-of-Experts (Ma et al. 2018): experts that all tasks share, and a gate per task that weights
// them. Conventions and names: golden/README.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import { flatInputFlops, readFlatInput } from '../layers/embedding.ts';
import { applyExpertLayer, createExpertLayer, expertLayerFlops } from '../layers/experts.ts';
import { applyTowers, createTowers, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble, createInput } from './assemble.ts';
import {
  countParam,
  dropoutParam,
  embeddingParam,
  initialisationOf,
  initialValuesNotes,
  linearInitOf,
  mlpStart,
  PAPER,
  SPARSE_GATES_NOTE,
  type Start,
  sizesParam,
  topParam,
  towerParam,
} from './commonParams.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'torch-default', rate: 1 };

export const mmoeParams = defineParams([
  countParam(
    'experts',
    'Experts',
    'Networks that all tasks share; each task weights them with its own gate.',
    8,
  ),
  topParam,
  sizesParam('expert', 'Expert', 'Hidden sizes of an expert: Linear, batch norm, ReLU per size.', [256, 128]),
  towerParam([64]),
  embeddingParam(16),
  dropoutParam,
  ...mlpStart(START),
]);

function build({ features, tasks, params: values, seed, countOnly }: ModelContext): Model {
  const { experts, top, expert, tower, embedding, dropout, initialisation } = settingsOf(mmoeParams, values);
  const scheme = initialisationOf(initialisation);
  const set = new ParameterSet(seed, countOnly);
  const input = createInput(set, ['embedding'], features, embedding, scheme);
  const common = { dropoutRate: dropout, seed, init: linearInitOf(scheme) };
  const everybody = tasks.map((_, task) => task);
  const all = Array.from({ length: experts }, (_, e) => e);
  const layer = createExpertLayer(set, {
    ...common,
    layer: 0,
    experts: all.map((e) => ({
      name: `experts.${e}.mlp`,
      label: { name: `expert ${e}`, owner: 'shared', tasks: everybody },
      slot: 0,
    })),
    gates: tasks.map(({ name }, task) => ({
      name: `gates.${name}.fc`,
      label: name,
      task,
      ownedBy: task,
      slot: 0,
      experts: all,
    })),
    inputs: input.columns,
    hidden: expert,
    top,
    site: 0,
  });
  const towers = createTowers(set, {
    ...common,
    members: tasks.map(({ name }, task) => ({ name: `towers.${name}.tower`, task })),
    inputs: expert.at(-1) as number,
    sharedInput: false,
    hidden: tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: true,
    site: expert.length,
  });
  return assemble(set, {
    forward: (batch, options) =>
      applyTowers(towers, applyExpertLayer(layer, readFlatInput(input, batch), options), options),
    flopsPerRow: () => flatInputFlops(input) + expertLayerFlops(layer) + towersFlops(towers),
  });
}

export const mmoe: GradientModelDef = {
  id: 'mmoe',
  label: 'MMoE',
  summary: 'Experts shared by all tasks, weighted by one gate per task.',
  citation: `Ma et al., Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, KDD 2018; baseline of ${PAPER}`,
  singleTask: false,
  capabilities: ['experts'],
  deviations: [SPARSE_GATES_NOTE, ...initialValuesNotes(START)],
  params: mmoeParams,
  check: () => [],
  build,
};
