// Which tasks to train together, from any affinity matrix. Plain numbers.

export interface Grouping {
  /** Tasks of each group, ascending; groups by their first task. */
  groups: number[][];
  /** Mean over the tasks of the affinity from the others in their group; 0 for a task alone. */
  score: number;
  /** Every partition was evaluated; otherwise groups were merged greedily. */
  isExact: boolean;
}

/** From this many tasks on, there are too many subsets. */
const EXACT_TASKS = 12;

/** The mean affinity of the other tasks of a group to a task. */
function received(affinity: ArrayLike<number>, n: number, group: readonly number[], target: number): number {
  if (group.length < 2) return 0;
  let sum = 0;
  for (const source of group) {
    if (source === target) continue;
    const value = affinity[source * n + target] as number;
    sum += Number.isFinite(value) ? value : 0;
  }
  return sum / (group.length - 1);
}

const totalOf = (affinity: ArrayLike<number>, n: number, group: readonly number[]): number =>
  group.reduce((sum, target) => sum + received(affinity, n, group, target), 0);

/**
 * The partition of the tasks into a number of groups with the largest sum of received affinities, similar to Standley et al.
 * 2020 and Fifty et al. 2021, but with every task in one group. Exact by dynamic programming over subsets up to 12 tasks;
 * beyond that, by merging the two groups that lose least (agglomerative clustering). NaN affinities count as 0.
 * @param affinity - [T, T], row: source, column: target
 * @param count - number of groups, 1 to T
 */
export function groupTasks(affinity: ArrayLike<number>, n: number, count: number): Grouping {
  const isExact = n <= EXACT_TASKS;
  const groups = isExact ? exactly(affinity, n, count) : joined(affinity, n, count);
  groups.sort((a, b) => (a[0] as number) - (b[0] as number));
  const score = groups.reduce((sum, group) => sum + totalOf(affinity, n, group), 0) / n;
  return { groups, score, isExact };
}

function exactly(affinity: ArrayLike<number>, n: number, count: number): number[][] {
  const all = (1 << n) - 1;
  const members = (mask: number) => Array.from({ length: n }, (_, t) => t).filter((t) => mask & (1 << t));
  const values = Float64Array.from({ length: all + 1 }, (_, mask) => totalOf(affinity, n, members(mask)));
  // best[k][mask]: score of the tasks in `mask` in k groups; `choice`: the group with the lowest task.
  let best = values;
  const choices: Int32Array[] = [Int32Array.from({ length: all + 1 }, (_, mask) => mask)];
  for (let k = 2; k <= count; k++) {
    const next = new Float64Array(all + 1).fill(Number.NEGATIVE_INFINITY);
    const choice = new Int32Array(all + 1);
    for (let mask = 1; mask <= all; mask++) {
      const lowest = mask & -mask;
      const others = mask ^ lowest;
      for (let rest = others; rest > 0; rest = (rest - 1) & others) {
        const value = (best[rest] as number) + (values[mask ^ rest] as number);
        if (value > (next[mask] as number)) {
          next[mask] = value;
          choice[mask] = mask ^ rest;
        }
      }
    }
    best = next;
    choices.push(choice);
  }
  const groups: number[][] = [];
  let mask = all;
  for (let k = count; k >= 1; k--) {
    const group = choices[k - 1]?.[mask] as number;
    groups.push(members(group));
    mask ^= group;
  }
  return groups;
}

function joined(affinity: ArrayLike<number>, n: number, count: number): number[][] {
  let groups = Array.from({ length: n }, (_, t) => [t]);
  while (groups.length > count) {
    let found = { gain: Number.NEGATIVE_INFINITY, a: 0, b: 1 };
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const [one, two] = [groups[a] as number[], groups[b] as number[]];
        const union = [...one, ...two];
        const gain = totalOf(affinity, n, union) - totalOf(affinity, n, one) - totalOf(affinity, n, two);
        if (gain > found.gain) found = { gain, a, b };
      }
    }
    const union = [...(groups[found.a] as number[]), ...(groups[found.b] as number[])].sort((x, y) => x - y);
    groups = [...groups.filter((_g, i) => i !== found.a && i !== found.b), union];
  }
  return groups;
}
