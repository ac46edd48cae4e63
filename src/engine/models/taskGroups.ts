// Groups of related tasks: chosen by hand, or proposed from the correlation of their labels.
import { cycled } from '../config/params.ts';

/**
 * Turns group numbers (any numbers, repeated if there are fewer than tasks) into groups of task indices, ordered by first task.
 */
export function chosenGroups(numbers: readonly number[], numTasks: number): number[][] {
  const groups = new Map<number, number[]>();
  for (let task = 0; task < numTasks; task++) {
    const number = cycled(numbers, task);
    groups.set(number, [...(groups.get(number) ?? []), task]);
  }
  return [...groups.values()];
}

/**
 * Average-linkage clustering on the absolute label correlation: negatively correlated labels depend on the same things.
 * Undefined correlations count as 0.
 * @param correlation - [T, T] row-major; null gives groups of consecutive tasks
 * @returns `count` groups (fewer if there are fewer tasks), ordered by first task
 */
export function proposedGroups(
  correlation: Float64Array | null,
  numTasks: number,
  count: number,
): number[][] {
  const wanted = Math.min(count, numTasks);
  let groups = Array.from({ length: numTasks }, (_, task) => [task]);
  const strength = (i: number, j: number) => {
    const value = correlation ? Math.abs(correlation[i * numTasks + j] as number) : 1 / (1 + Math.abs(i - j));
    return Number.isNaN(value) ? 0 : value;
  };
  const linkage = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, i) => sum + b.reduce((s, j) => s + strength(i, j), 0), 0) / (a.length * b.length);
  while (groups.length > wanted) {
    let best: [number, number] = [0, 1];
    let strongest = Number.NEGATIVE_INFINITY;
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const value = linkage(groups[a] as number[], groups[b] as number[]);
        if (value > strongest) {
          strongest = value;
          best = [a, b];
        }
      }
    }
    const [a, b] = best;
    const merged = [...(groups[a] as number[]), ...(groups[b] as number[])].sort((x, y) => x - y);
    groups = groups.map((g, i) => (i === a ? merged : g)).filter((_, i) => i !== b);
  }
  return groups;
}
