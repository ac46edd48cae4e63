// The single-task twin of an architecture: the same network with the same settings, once per task and trained on that task
// alone. The gain of a model over its twin comes from sharing only.
import type { Issue } from '../core/errors.ts';
import { BoosterPerTask } from '../trees/perTask.ts';
import { buildApart } from './apart.ts';
import {
  type BoostedModelDef,
  type GradientModelDef,
  isBoosted,
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
    /** Issues that only single tasks have; issues of all tasks together are reported for the model. */
    check(params, shape, prefix): Issue[] {
      if (def.check(params, shape, prefix).length > 0) return [];
      const found = shape.tasks.flatMap((task, i) =>
        def.check(def.paramsOfTasks?.(params, shape, [i]) ?? params, { ...shape, tasks: [task] }, prefix),
      );
      return found.slice(0, 1).map((issue) => ({
        ...issue,
        got: `${issue.got} in the single-task twin`,
        remedy: `${issue.remedy} Or train no twin (training.twin off).`,
      }));
    },
    build: (context) =>
      buildApart(
        def,
        context,
        context.tasks.map((_task, i) => [i]),
      ),
  };
}

function boostedTwin(def: BoostedModelDef): BoostedModelDef {
  return {
    ...rulesOf(def),
    rounds: def.rounds,
    phases: def.phases,
    // The settings are the model's, which are checked; its rules about tasks concern several of them.
    check: () => [],
    boost: (dataset, params, seed) => new BoosterPerTask(dataset, (own) => def.boost(own, params, seed)),
  };
}
