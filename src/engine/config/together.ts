// Experiments that train tasks in groups beside all of them together and every task apart, on the same rows, batches and seeds:
// they show what a grouping gains, and which tasks help which. The models have the setting `together`, a group number per task.
import { type GroupedGains, leftOutGains, pairGains } from '../core/groupTruth.ts';
import type { TrainedTruths } from '../core/relationSummary.ts';
import type { Role } from '../core/roles.ts';
import { type Experiment, MAX_COMPARED } from './experiment.ts';

export type Groups = readonly (readonly number[])[];

/** Group numbers of the tasks, from 1. @param groups - of task indices; every task in exactly one */
export function togetherOf(groups: Groups): number[] {
  const numbers: number[] = [];
  groups.forEach((group, g) => {
    for (const task of group) numbers[task] = g + 1;
  });
  return numbers;
}

/** The groups of group numbers, by their first task; one group of all tasks without numbers. */
export function groupsOfNumbers(numbers: readonly number[], numTasks: number): number[][] {
  const groups = new Map<number, number[]>();
  for (let task = 0; task < numTasks; task++) {
    const number = numbers[task] ?? 0;
    groups.set(number, [...(groups.get(number) ?? []), task]);
  }
  return [...groups.values()];
}

/** The model with all tasks together, its twin, and the same model with each of the groupings; other models are left out. */
export function withGroups(experiment: Experiment, groupings: readonly Groups[]): Experiment {
  const { model, training } = experiment;
  const inGroups = (together: number[]) => ({ ...model, params: { ...model.params, together } });
  return {
    ...experiment,
    model: inGroups([]),
    compare: groupings.map((groups) => inGroups(togetherOf(groups))),
    training: { ...training, twin: 'both' },
  };
}

/**
 * Every pair of tasks once, in the fewest rounds: T - 1, or T for an odd T, where each round leaves one task alone (the circle
 * method of round-robin tournaments).
 */
export function everyPair(numTasks: number): number[][][] {
  const places = numTasks + (numTasks % 2);
  const others = Array.from({ length: places - 1 }, (_, i) => i + 1);
  return others.map((_, round) => {
    const circle = [0, ...others.map((_o, i) => others[(i + round) % others.length] as number)];
    const pairs = Array.from({ length: places / 2 }, (_p, i) =>
      [circle[i] as number, circle[places - 1 - i] as number]
        .filter((task) => task < numTasks)
        .sort((a, b) => a - b),
    );
    return pairs.sort((a, b) => (a[0] as number) - (b[0] as number));
  });
}

/** For every task: all others together, and it alone. */
export const leaveOneOut = (numTasks: number): number[][][] =>
  Array.from({ length: numTasks }, (_, left) => {
    const rest = Array.from({ length: numTasks }, (_t, task) => task).filter((task) => task !== left);
    return left === 0 ? [[left], rest] : [rest, [left]];
  });

/** Groupings whose training shows which tasks help which. */
export const TRUTHS = {
  pairs: { label: 'Every pair', groupings: everyPair },
  'leave-one-out': { label: 'All but one', groupings: leaveOneOut },
} as const;
export type TruthId = keyof typeof TRUTHS;

/** Why a truth cannot be trained in one run, or null. */
export function whyNoTruth(id: TruthId, numTasks: number, canGroup: boolean): string | null {
  if (!canGroup) return 'this architecture does not train tasks together by gradients';
  if (numTasks < 3) return 'it takes three tasks or more';
  const count = TRUTHS[id].groupings(numTasks).length;
  return count > MAX_COMPARED ? `${numTasks} tasks take ${count} networks, a run has ${MAX_COMPARED}` : null;
}

/** Networks of an experiment that train tasks in groups, with their roles; only those of the model's architecture. */
export function groupedNetworks(
  experiment: Experiment,
  numTasks: number,
): { role: Role; groups: number[][] }[] {
  return experiment.compare.flatMap(({ id, params }, i) => {
    const { together } = params;
    if (id !== experiment.model.id || !Array.isArray(together) || together.length === 0) return [];
    return [{ role: `model-${i + 2}` as const, groups: groupsOfNumbers(together as number[], numTasks) }];
  });
}

/**
 * The truths from an experiment's groups.
 * @param sharingOf - a network's gain from sharing per task, in the unit of the metric; null if not known yet
 */
export function trainedTruths(
  experiment: Experiment,
  numTasks: number,
  sharingOf: (role: Role) => readonly number[] | null,
): TrainedTruths {
  const networks = groupedNetworks(experiment, numTasks).flatMap(({ role, groups }): GroupedGains[] => {
    const sharing = sharingOf(role);
    return sharing ? [{ groups, sharing }] : [];
  });
  const together = sharingOf('model');
  const known = (gains: Float64Array) => (gains.some(Number.isFinite) ? gains : null);
  return {
    pairs: known(pairGains(networks, numTasks)),
    leaveOneOut: together && known(leftOutGains(networks, together, numTasks)),
  };
}
