// Which tasks of a multitask network train together: all of them, or groups, each with a network of the same architecture. The
// effect of grouping is the difference to training all together and every task apart (twin.ts), on the same rows and batches.
import type { Keyed } from '../config/defineParams.ts';
import { type NumberListParam, type Params, sameValue } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { buildApart } from './apart.ts';
import type { GradientModelDef, ModelDef, ModelShape } from './model.ts';
import { chosenGroups } from './taskGroups.ts';

const KEY = 'together';

const groupsParam: Keyed<NumberListParam, typeof KEY> = {
  kind: 'numbers',
  key: KEY,
  label: 'Task groups',
  help: 'A group number per task, in order: tasks of one number share a network, which stops and is restored on its own. Empty: all tasks together.',
  source: 'Standley et al. 2020, "Which Tasks Should Be Learned Together in Multi-task Learning?"',
  integer: true,
  min: 1,
  max: 64,
  minLength: 0,
  maxLength: 64,
  default: [],
  empty: 'all in one',
  advanced: true,
};

const numbersOf = (params: Params): readonly number[] => (params[KEY] as number[] | undefined) ?? [];

/** Whether a network trains groups of its tasks apart. */
export const isGrouped = (def: ModelDef, params: Params): boolean =>
  def.params.some(({ key }) => key === KEY) && new Set(numbersOf(params)).size > 1;

/** The same architecture and settings, except for which tasks train together. */
export function sameButGroups(def: ModelDef, a: Params, b: Params): boolean {
  return def.params.every(({ key }) => key === KEY || sameValue(a[key], b[key]));
}

/** Adds the setting to an architecture; without groups the network is unchanged. */
export function inGroups(def: GradientModelDef): GradientModelDef {
  const ofTasks = (params: Params, shape: ModelShape, tasks: readonly number[]): Params => ({
    ...(def.paramsOfTasks?.(params, shape, tasks) ?? params),
    [KEY]: [],
  });
  const groupsOf = (params: Params, numTasks: number): number[][] =>
    chosenGroups(numbersOf(params), numTasks);
  return {
    ...def,
    params: [...def.params, groupsParam],
    paramsOfTasks: ofTasks,
    groupsOf: (params, numTasks) => {
      const groups = groupsOf(params, numTasks);
      return numbersOf(params).length > 0 && groups.length > 1 ? groups : null;
    },
    check(params, shape, prefix): Issue[] {
      const own = def.check(params, shape, prefix);
      const numbers = numbersOf(params);
      if (own.length > 0 || numbers.length === 0) return own;
      if (numbers.length !== shape.tasks.length)
        return [
          {
            path: `${prefix}.${KEY}`,
            expected: `a group number for each of ${shape.tasks.length} tasks, or none`,
            got: `${numbers.length}`,
            remedy: 'Give one number per task, or leave the setting empty.',
          },
        ];
      return groupsOf(params, numbers.length)
        .flatMap((group) =>
          def.check(
            ofTasks(params, shape, group),
            { ...shape, tasks: group.flatMap((task) => shape.tasks[task] ?? []) },
            prefix,
          ),
        )
        .slice(0, 1);
    },
    build: (context) => {
      const { params, tasks } = context;
      if (numbersOf(params).length === 0) return def.build(context);
      const groups = groupsOf(params, tasks.length);
      return groups.length === 1
        ? def.build(context)
        : buildApart({ ...def, paramsOfTasks: ofTasks }, context, groups);
    },
  };
}
