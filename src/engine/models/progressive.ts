// Common parts of PLE and STEM: layers of task experts and shared experts with one state per task and a shared one, and towers
// that read the task's state and the shared state.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { defineParams, type SettingsOf } from '../config/defineParams.ts';
import type { TaskMeta } from '../data/table.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { type FlatInput, flatInputFlops, readFlatInput } from '../layers/embedding.ts';
import {
  applyExpertLayer,
  createExpertLayer,
  type ExpertLayer,
  type ExpertSpec,
  expertLayerFlops,
  type GateSpec,
} from '../layers/experts.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import { applyTowers, createTowers, towersFlops } from '../layers/mlp.ts';
import { ParameterSet } from '../layers/parameterSet.ts';
import { assemble, createInput } from './assemble.ts';
import {
  countParam,
  dropoutParam,
  type embeddingParam,
  initialisationOf,
  linearInitOf,
  mlpStart,
  type Start,
  sizesParam,
  topParam,
  towerParam,
} from './commonParams.ts';
import type { Model, ModelContext } from './model.ts';

/** Settings of both; the embedding's own spec is inserted between them. */
export const progressiveParams = (embedding: ReturnType<typeof embeddingParam>, start: Start) =>
  defineParams([
    countParam('layers', 'Layers', 'Number of layers of experts and gates.', 2, 6),
    countParam('sharedExperts', 'Shared experts', 'Experts per layer that all tasks share.', 2),
    countParam('taskExperts', 'Task experts', 'Experts per layer that belong to one task, for each task.', 2),
    topParam,
    sizesParam(
      'expert',
      'Expert',
      'Hidden sizes of an expert: Linear, batch norm, ReLU per size.',
      [128, 64],
    ),
    towerParam([64]),
    embedding,
    dropoutParam,
    ...mlpStart(start),
  ]);

export type ProgressiveSettings = SettingsOf<ReturnType<typeof progressiveParams>>;

export interface ProgressiveOptions {
  settings: ProgressiveSettings;
  /** Prefixes of the embeddings: one for all states, or one per task and a shared one. */
  embeddings: readonly string[];
  /** Whether a task's gate weights the experts of other tasks too. */
  gatesSeeAll: boolean;
  /** Whether an expert (of a task, or shared: null) is trained through the gate of a task. */
  learns: (gateTask: number, expertTask: number | null) => boolean;
}

/** The experts of a layer: those of task 0, task 1, ..., then the shared ones; slot = state that they read. */
function expertSpecs(prefix: string, tasks: readonly TaskMeta[], s: ProgressiveSettings) {
  const everybody = tasks.map((_, i) => i);
  const own = tasks.flatMap(({ name }, task) =>
    Array.from({ length: s.taskExperts }, (_, e): ExpertSpec & { task: number | null } => ({
      name: `${prefix}.task_experts.${task}.${e}.mlp`,
      label: { name: `${name} ${e}`, owner: 'task', tasks: [task] },
      slot: task,
      task,
    })),
  );
  const shared = Array.from({ length: s.sharedExperts }, (_, e): ExpertSpec & { task: number | null } => ({
    name: `${prefix}.shared_experts.${e}.mlp`,
    label: { name: `shared ${e}`, owner: 'shared', tasks: everybody },
    slot: tasks.length,
    task: null,
  }));
  return [...own, ...shared];
}

function gateSpecs(
  prefix: string,
  tasks: readonly TaskMeta[],
  experts: readonly { task: number | null }[],
  isLast: boolean,
  { gatesSeeAll, learns }: ProgressiveOptions,
): GateSpec[] {
  const all = experts.map((_, e) => e);
  const ofTask = tasks.map(({ name }, task): GateSpec => {
    const weighted = all.filter((e) => gatesSeeAll || experts[e]?.task === task || experts[e]?.task === null);
    const detached = weighted.map((e) => !learns(task, experts[e]?.task ?? null));
    return {
      name: `${prefix}.task_gates.${task}.fc`,
      label: name,
      task,
      slot: task,
      // In earlier layers its output reaches other tasks through the next layer's shared experts.
      ...(isLast ? { ownedBy: task } : {}),
      experts: weighted,
      ...(detached.some(Boolean) ? { detached } : {}),
    };
  });
  const shared: GateSpec = {
    name: `${prefix}.shared_gate.fc`,
    label: 'shared',
    task: null,
    slot: tasks.length,
    experts: all,
  };
  return [...ofTask, shared];
}

/** All states of the first layer are equal, so experts and gates read one slot. */
const inOneSlot = <T extends { slot: number }>(specs: readonly T[]): T[] =>
  specs.map((spec) => ({ ...spec, slot: 0 }));

interface Network {
  input: FlatInput;
  layers: ExpertLayer[];
  towers: ReturnType<typeof createTowers>;
  numTasks: number;
}

function createNetwork(set: ParameterSet, context: ModelContext, options: ProgressiveOptions): Network {
  const { features, tasks, seed } = context;
  const s = options.settings;
  const scheme = initialisationOf(s.initialisation);
  const input = createInput(set, options.embeddings, features, s.embedding, scheme);
  const common = { hidden: s.expert, top: s.top, dropoutRate: s.dropout, seed, init: linearInitOf(scheme) };
  const stateWidth = s.expert.at(-1) as number;
  const layers = Array.from({ length: s.layers }, (_, layer) => {
    const prefix = `layers.${layer}`;
    const experts = expertSpecs(prefix, tasks, s);
    const gates = gateSpecs(prefix, tasks, experts, layer === s.layers - 1, options);
    const oneState = layer === 0 && input.copies === 1;
    return createExpertLayer(set, {
      ...common,
      layer,
      experts: oneState ? inOneSlot(experts) : experts,
      gates: oneState ? inOneSlot(gates) : gates,
      inputs: layer === 0 ? input.columns : stateWidth,
      site: layer * s.expert.length,
    });
  });
  const towers = createTowers(set, {
    ...common,
    members: tasks.map(({ name }, task) => ({ name: `towers.${name}.tower`, task })),
    inputs: 2 * stateWidth,
    sharedInput: false,
    hidden: s.tower,
    outputs: tasks.map((t) => t.outputs),
    batchNorm: true,
    site: s.layers * s.expert.length,
  });
  return { input, layers, towers, numTasks: tasks.length };
}

function forward(
  { input, layers, towers, numTasks }: Network,
  batch: Batch,
  options: ForwardOptions,
): Tensor2D[] {
  const [first, ...later] = layers as [ExpertLayer, ...ExpertLayer[]];
  const states = later.reduce(
    (x, layer) => applyExpertLayer(layer, x, options),
    applyExpertLayer(first, readFlatInput(input, batch), options),
  );
  const pairs = Array.from({ length: numTasks }, (_, task) => [task, numTasks]).flat();
  return applyTowers(towers, takeSlots(states, pairs, numTasks + 1), options);
}

export function buildProgressive(context: ModelContext, options: ProgressiveOptions): Model {
  const set = new ParameterSet(context.seed, context.countOnly);
  const network = createNetwork(set, context, options);
  const { input, layers, towers } = network;
  return assemble(set, {
    forward: (batch, forwardOptions) => forward(network, batch, forwardOptions),
    flopsPerRow: () =>
      flatInputFlops(input) +
      layers.reduce((sum, layer) => sum + expertLayerFlops(layer), 0) +
      towersFlops(towers),
  });
}
