// The single-task twin of an architecture: the same network with the same settings, once per task and trained on that task
// alone. What a model gains over its twin comes from sharing, and from nothing else.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Issue } from '../core/errors.ts';
import type { TaskMeta } from '../data/table.ts';
import type { Capture, ForwardOptions } from '../layers/forward.ts';
import type { Parameter } from '../layers/parameter.ts';
import { BoosterPerTask } from '../trees/perTask.ts';
import {
  type BoostedModelDef,
  type GradientModelDef,
  isBoosted,
  type Model,
  type ModelContext,
  type ModelDef,
  type ModelRules,
} from './model.ts';

const twins = new WeakMap<ModelDef, ModelDef>();

/** One network per task, whatever `def` shares between tasks. A single-task architecture is its own twin. */
export function twinOf(def: ModelDef): ModelDef {
  if (def.singleTask) return def;
  const known = twins.get(def) ?? (isBoosted(def) ? boostedTwin(def) : gradientTwin(def));
  twins.set(def, known);
  return known;
}

const rulesOf = (def: ModelDef): Omit<ModelRules, 'check'> => ({
  id: def.id,
  label: `${def.label} twin`,
  summary: `${def.label} once per task, each trained on that task alone.`,
  citation: def.citation,
  singleTask: true,
  capabilities: def.capabilities,
  deviations: def.deviations,
  params: def.params,
});

export function gradientTwin(def: GradientModelDef): GradientModelDef {
  return {
    ...rulesOf(def),
    /** What one task alone does not allow; what all tasks together do not either is said of the model. */
    check(params, shape, prefix): Issue[] {
      if (def.check(params, shape, prefix).length > 0) return [];
      const found = shape.tasks.flatMap((task, i) =>
        def.check(def.paramsOfTask?.(params, shape, i) ?? params, { ...shape, tasks: [task] }, prefix),
      );
      return found.slice(0, 1).map((issue) => ({
        ...issue,
        got: `${issue.got} in the single-task twin`,
        remedy: `${issue.remedy} Or train no twin (training.twin off).`,
      }));
    },
    build: (context) => buildTwin(def, context),
  };
}

function buildTwin(def: GradientModelDef, context: ModelContext): Model {
  const { tasks, params } = context;
  const networks = tasks.map((task, i) =>
    def.build({
      ...context,
      params: def.paramsOfTask?.(params, context, i) ?? params,
      tasks: [task],
      // What tasks have in common is for the model to know.
      labelCorrelation: null,
    }),
  );
  const named = (kind: 'parameters' | 'buffers') =>
    networks.flatMap((network, i) => network[kind].map((p) => ofTask(p, tasks[i] as TaskMeta, i)));
  return {
    parameters: named('parameters'),
    buffers: named('buffers'),
    frozen: new Map(
      networks.flatMap((network, i) =>
        [...network.frozen].map(([name, values]) => [`${tasks[i]?.name}.${name}`, values] as const),
      ),
    ),
    forward: (batch, options) =>
      networks.map((network, i) => {
        const [output] = network.forward(batch, optionsOf(options, (tasks[i] as TaskMeta).name));
        return output as Tensor2D;
      }),
    flopsPerRow: (batchSize) => networks.reduce((sum, network) => sum + network.flopsPerRow(batchSize), 0),
    dispose: () => {
      for (const network of networks) network.dispose();
    },
  };
}

/** Initial values are drawn before names change, so each network starts as it would alone. */
function ofTask({ name, variable, parts }: Parameter, task: TaskMeta, index: number): Parameter {
  return {
    name: `${task.name}.${name}`,
    variable,
    parts: parts.map((part) => ({ ...part, name: `${task.name}.${part.name}`, task: index })),
  };
}

/** Attention is recorded network by network; experts are not, since one task alone has no one to share them with. */
function optionsOf({ capture, ...options }: ForwardOptions, task: string): ForwardOptions {
  const { attention } = capture ?? {};
  if (!attention) return options;
  const own: Capture = {
    attention: (record) => attention({ ...record, place: { ...record.place, network: task } }),
  };
  return { ...options, capture: own };
}

function boostedTwin(def: BoostedModelDef): BoostedModelDef {
  return {
    ...rulesOf(def),
    rounds: def.rounds,
    phases: def.phases,
    // The settings are those of the model, which is checked; its rules about tasks are about several of them.
    check: () => [],
    boost: (dataset, params, seed) => new BoosterPerTask(dataset, (own) => def.boost(own, params, seed)),
  };
}
