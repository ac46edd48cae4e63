// Which tasks help which, from networks that were trained in groups. Plain numbers, for the page and the command line.

/** A network whose tasks trained in groups. */
export interface GroupedGains {
  /** Task numbers. */
  groups: readonly (readonly number[])[];
  /** What every task has over training alone, in the unit of its metric; positive is better. NaN where that is undefined. */
  sharing: readonly number[];
}

/** [T, T], row i, column j: what task j gains by training with task i alone. NaN for pairs that were not trained, and on the diagonal. */
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
 * [T, T], row i, column j: what task j has of training with all others more than with all but task i. NaN where that was not trained,
 * and on the diagonal.
 * @param together - sharing part of every task, all of them together
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
