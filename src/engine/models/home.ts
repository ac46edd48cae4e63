// HoME, Hierarchy of Multi-gate Experts (Wang et al. 2024): first level: meta experts for groups of tasks; second level:
// experts of tasks, of groups and shared ones; normalised experts with Swish; feature gates before experts, and self gates
// after them.
// From the paper: experts are Swish(BatchNorm(Linear)) (section 3.1); two levels, the first with shared and group experts and
// one state per group besides the shared one, the second with shared, group and task experts, where a task weights the experts
// of itself, its group and all (section 3.2); feature gates 2 sigmoid(v B A) of low rank before every expert, and self gates
// that add a task's own experts once more: sigmoid for one expert, softmax for several (section 3.3).
// Our decisions where the paper is silent: one low-rank pair per feature gate, both factors with a bias (the formula shows
// none; without it a gate could not open or close a column for all rows alike), the second starting at 0, so that gates start
// at 1; batch norm and Swish after every layer of an expert; second-level gates read the state of the group and the shared one;
// towers as in the other models.
import type * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../config/defineParams.ts';
import { cycled } from '../config/params.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { applyFlatInput, type FlatInput, flatInputFlops } from '../layers/embedding.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import {
  applyGatedExperts,
  createGatedExperts,
  type GatedExperts,
  type GatedExpertsOptions,
  gatedExpertsFlops,
} from '../layers/gatedExperts.ts';
import { applyTowers, createTowers, type Towers, towersFlops } from '../layers/mlp.ts';
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
  type Start,
  sizesParam,
  towerParam,
} from './commonParams.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';
import { chosenGroups, proposedGroups } from './taskGroups.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'torch-default', rate: 1 };

const PAPER = 'Wang et al. 2024, arXiv 2408.05430';

const params = defineParams([
  {
    kind: 'choice',
    key: 'grouping',
    label: 'Task groups',
    help: 'Which tasks share meta experts. By correlation: clusters of the absolute label correlation on the training rows. Chosen: a group number per task.',
    source: PAPER,
    control: 'segmented',
    options: [
      { value: 'correlation', label: 'By correlation' },
      { value: 'chosen', label: 'Chosen' },
    ],
    default: 'correlation',
  },
  {
    ...countParam('numGroups', 'Groups', 'Number of groups to find.', 2, 8),
    visibleWhen: { key: 'grouping', oneOf: ['correlation'] },
  },
  {
    ...sizesParam(
      'groups',
      'Group of task',
      'Group number of each task, in order; repeated when there are fewer numbers than tasks.',
      [1, 2],
    ),
    max: 64,
    maxLength: 64,
    visibleWhen: { key: 'grouping', oneOf: ['chosen'] },
  },
  countParam('sharedExperts', 'Shared experts', 'Experts per level that all tasks share.', 2),
  countParam('groupExperts', 'Group experts', 'Experts per level and group.', 2),
  countParam('taskExperts', 'Task experts', 'Experts per task on the second level.', 2),
  sizesParam('expert', 'Expert', 'Hidden sizes of an expert: Linear, batch norm, Swish per size.', [128, 64]),
  countParam('rank', 'Gate rank', 'Rank of the feature gates.', 8, 64),
  towerParam([64]),
  embeddingParam(16),
  dropoutParam,
  ...mlpStart(START),
]);

type Experts = GatedExpertsOptions['experts'];

interface Network {
  input: FlatInput;
  meta: GatedExperts;
  top: GatedExperts;
  /** Per task: the state slots that its gate reads, its group's and the shared one. */
  gateSlots: number[];
  numStates: number;
  towers: Towers;
}

function createNetwork(set: ParameterSet, context: ModelContext): Network {
  const { features, tasks, seed, labelCorrelation = null } = context;
  const s = settingsOf(params, context.params);
  const scheme = initialisationOf(s.initialisation);
  const input = createInput(set, ['embedding'], features, s.embedding, scheme);
  const groups =
    s.grouping === 'chosen'
      ? chosenGroups(s.groups, tasks.length)
      : proposedGroups(labelCorrelation, tasks.length, s.numGroups);
  const groupOf = tasks.map((_, task) => groups.findIndex((g) => g.includes(task)));
  const everybody = tasks.map((_, task) => task);
  const several = (
    count: number,
    name: (i: number) => string,
    label: (i: number) => Experts[number]['label'],
    slot: number,
    ownedBy?: number,
  ): Experts => Array.from({ length: count }, (_, i) => ({ name: name(i), label: label(i), slot, ownedBy }));
  /** The only member of a group of one, else null. */
  const onlyMember = (members: readonly number[]) => (members.length === 1 ? members[0] : undefined);
  const groupLabel = (g: number) => `group ${g + 1}`;
  /** Group experts that read `slotOf(group)`, and shared ones that read `shared`. */
  const commonExperts = (prefix: 'meta' | 'top', slotOf: (group: number) => number, shared: number) => ({
    ofGroups: groups.map((members, g) =>
      several(
        s.groupExperts,
        (i) => `${prefix}.group_experts.${g}.${i}`,
        (i) => ({ name: `${groupLabel(g)} ${i}`, owner: 'group', tasks: members }),
        slotOf(g),
        prefix === 'top' ? onlyMember(members) : undefined,
      ),
    ),
    shared: several(
      s.sharedExperts,
      (i) => `${prefix}.shared_experts.${i}`,
      (i) => ({ name: `shared ${i}`, owner: 'shared', tasks: everybody }),
      shared,
    ),
  });
  const common = { hidden: s.expert, rank: s.rank, dropoutRate: s.dropout, seed, init: linearInitOf(scheme) };
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

  const below = commonExperts('meta', () => 0, 0);
  const firstShared = groups.length * s.groupExperts;
  const sharedOnes = range(firstShared, s.sharedExperts);
  const meta = createGatedExperts(set, {
    ...common,
    layer: 0,
    prefix: 'meta',
    experts: [...below.ofGroups.flat(), ...below.shared],
    slots: 1,
    inputs: input.columns,
    gateInputs: input.columns,
    sharedGateInput: true,
    gates: [
      ...groups.map((members, g) => {
        const own = range(g * s.groupExperts, s.groupExperts);
        const label = `${groupLabel(g)}: ${members.map((t) => tasks[t]?.name).join(', ')}`;
        const experts = [...own, ...sharedOnes];
        return { name: `group_gates.${g}`, label, task: null, ownedBy: onlyMember(members), experts, own };
      }),
      {
        name: 'shared_gate',
        label: 'shared',
        task: null,
        experts: range(0, firstShared + s.sharedExperts),
        own: sharedOnes,
      },
    ],
    site: 0,
  });

  const numStates = groups.length + 1;
  const above = commonExperts('top', (g) => g, groups.length);
  const ofTasks = tasks.map(({ name }, task) =>
    several(
      s.taskExperts,
      (i) => `top.task_experts.${task}.${i}`,
      (i) => ({ name: `${name} ${i}`, owner: 'task', tasks: [task] }),
      groupOf[task] as number,
      task,
    ),
  );
  const firstGroup = tasks.length * s.taskExperts;
  const lastShared = range(firstGroup + groups.length * s.groupExperts, s.sharedExperts);
  const stateWidth = s.expert.at(-1) as number;
  const top = createGatedExperts(set, {
    ...common,
    layer: 1,
    prefix: 'top',
    experts: [...ofTasks.flat(), ...above.ofGroups.flat(), ...above.shared],
    slots: numStates,
    inputs: stateWidth,
    gateInputs: 2 * stateWidth,
    sharedGateInput: false,
    gates: tasks.map(({ name }, task) => {
      const own = range(task * s.taskExperts, s.taskExperts);
      const group = range(firstGroup + (groupOf[task] as number) * s.groupExperts, s.groupExperts);
      return {
        name: `task_gates.${task}`,
        label: name,
        task,
        ownedBy: task,
        experts: [...own, ...group, ...lastShared],
        own,
      };
    }),
    site: s.expert.length,
  });
  const towers = createTowers(set, {
    members: tasks.map(({ name }, task) => ({ name: `towers.${name}.tower`, task })),
    inputs: stateWidth,
    sharedInput: false,
    hidden: s.tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: true,
    dropoutRate: s.dropout,
    seed,
    site: 2 * s.expert.length,
    init: linearInitOf(scheme),
  });
  const gateSlots = groupOf.flatMap((g) => [g, groups.length]);
  return { input, meta, top, gateSlots, numStates, towers };
}

function forward(network: Network, batch: Batch, options: ForwardOptions): tf.Tensor2D[] {
  const { input, meta, top, gateSlots, numStates, towers } = network;
  const flat = applyFlatInput(input, batch);
  const states = applyGatedExperts(meta, flat, flat, options); // [B, (groups + 1) * H]
  const gateInput = takeSlots(states, gateSlots, numStates); // [B, T * 2H]
  return applyTowers(towers, applyGatedExperts(top, states, gateInput, options), options);
}

function build(context: ModelContext): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context);
  const { input, meta, top, towers } = network;
  return assemble(set, {
    forward: (batch, options) => forward(network, batch, options),
    flopsPerRow: () =>
      flatInputFlops(input) + gatedExpertsFlops(meta) + gatedExpertsFlops(top) + towersFlops(towers),
  });
}

export const home: GradientModelDef = {
  id: 'home',
  label: 'HoME',
  summary:
    'Meta experts for groups of tasks below, experts of tasks above; normalised experts, feature gates and self gates.',
  citation: `${PAPER}, HoME: Hierarchy of Multi-Gate Experts for Multi-Task Learning at Kuaishou`,
  singleTask: false,
  capabilities: ['experts'],
  deviations: [
    'Feature gates are 2 sigmoid(B (A v + a) + b): both low-rank factors have a bias, which the formula of the paper, 2 sigmoid(v B A), does not show.',
    'Where the paper is silent: one low-rank pair per feature gate, starting at a gate of 1; batch norm and Swish behind every layer of an expert; second-level gates read the state of the group beside the shared one.',
    ...initialValuesNotes(START),
  ],
  params,
  paramsOfTasks: (values, _shape, tasks) => {
    const { groups } = settingsOf(params, values);
    return { ...values, groups: tasks.map((task) => cycled(groups, task)) };
  },
  check: () => [],
  build,
};
