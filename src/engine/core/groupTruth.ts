// Which tasks help which, from networks trained in groups. Plain numbers, for the page and the command line.

/** A network whose tasks trained in groups. */
export interface GroupedGains {
  /** Task indices. */
  groups: readonly (readonly number[])[];
  /** Each task's difference to training alone, in the unit of its metric; positive is better. NaN if undefined. */
  sharing: readonly number[];
}

/**
 * [T, T], row i, column j: the gain of task j from training with task i only. NaN for untrained pairs, and on the diagonal.
 */
export function pairGains(networks: readonly GroupedGains[], numTasks: number): Float64Array {
  const gains = new Float64Array(numTasks * numTasks).fill(Number.NaN);
  for (const { groups, sharing } of networks)
    for (const group of groups) {
      const [a, b] = group;
      if (group.length !== 2 || a === undefined || b === undefined) continue;
      gains[a * numTasks + b] = sharing[b] as number;
      gains[b * numTasks + a] = sharing[a] as number;
    }
  return gains;
}

/**
 * [T, T], row i, column j: how much better task j is with all others than with all but task i. NaN if not trained, and on the
 * diagonal.
 * @param together - sharing part of every task when all train together
 */
export function leftOutGains(
  networks: readonly GroupedGains[],
  together: readonly number[],
  numTasks: number,
): Float64Array {
  const gains = new Float64Array(numTasks * numTasks).fill(Number.NaN);
  for (const { groups, sharing } of networks) {
    const single = groups.find((group) => group.length === 1)?.[0];
    if (groups.length !== 2 || single === undefined) continue;
    for (let j = 0; j < numTasks; j++)
      if (j !== single) gains[single * numTasks + j] = (together[j] as number) - (sharing[j] as number);
  }
  return gains;
}
