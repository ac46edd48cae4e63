// Strata of rows by the classes of their labels, and how many rows of each stratum each split gets.

/** Row r belongs to stratum `of[r]`, counted from 0. */
export interface Strata {
  of: Int32Array;
  /** Rows per stratum. */
  sizes: number[];
  /** joint: one stratum per combination of classes. rarest: rows are grouped by their rarest class. */
  by: 'joint' | 'rarest';
}

/** Rows that a class needs to have one in each split. */
export const ROWS_FOR_ALL_SPLITS = 3;

/** Numbers distinct keys in order of appearance. */
function numbered(keys: Float64Array, by: Strata['by']): Strata {
  const numberOf = new Map<number, number>();
  const sizes: number[] = [];
  const of = Int32Array.from(keys, (key) => {
    const number = numberOf.get(key) ?? sizes.push(0) - 1;
    numberOf.set(key, number);
    sizes[number] = (sizes[number] as number) + 1;
    return number;
  });
  return { of, sizes, by };
}

/** One stratum per combination of classes that occurs. */
function jointStrata(rows: number, labels: readonly Int32Array[]): Strata {
  let strata = numbered(new Float64Array(rows), 'joint');
  for (const codes of labels) {
    const { of, sizes } = strata;
    strata = numbered(
      Float64Array.from(of, (stratum, row) => (codes[row] as number) * sizes.length + stratum),
      'joint',
    );
  }
  return strata;
}

/** Groups each row by the rarest of its labels' classes. */
function rarestStrata(rows: number, labels: readonly Int32Array[]): Strata {
  const perTask = labels.map((codes) => numbered(Float64Array.from(codes), 'rarest'));
  const rarest = new Float64Array(rows);
  const fewest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let first = 0;
  for (const { of, sizes } of perTask) {
    for (let row = 0; row < rows; row++) {
      const stratum = of[row] as number;
      const size = sizes[stratum] as number;
      if (size >= (fewest[row] as number)) continue;
      fewest[row] = size;
      rarest[row] = first + stratum;
    }
    first += sizes.length;
  }
  return numbered(rarest, 'rarest');
}

/**
 * Stratifies by combinations of classes if each has a row for every split; otherwise, and if a split is smaller than the number
 * of combinations, by the rarest class of each row. Without labels there is one stratum.
 * @param labels - class per row, one column per classification task; [rows] each
 * @param smallestSplit - rows of the smallest split
 */
export function strataOf(rows: number, labels: readonly Int32Array[], smallestSplit: number): Strata {
  const joint = jointStrata(rows, labels);
  const isEnough = joint.sizes.every((size) => size >= ROWS_FOR_ALL_SPLITS);
  return labels.length < 2 || (isEnough && joint.sizes.length <= smallestSplit)
    ? joint
    : rarestStrata(rows, labels);
}

/**
 * Number of rows that each split takes from each stratum: proportional, adding up exactly to the sizes of strata and splits,
 * and at least one in every split if the stratum has `ROWS_FOR_ALL_SPLITS` rows and the splits have at least as many rows as
 * there are strata. Strata are allocated from the smallest on, each in proportion to the space left in the splits.
 * @param strata - rows per stratum
 * @param splits - rows per split, the same in all
 * @returns [strata][splits]
 */
export function allocate(strata: readonly number[], splits: readonly number[]): number[][] {
  const left = [...splits];
  const taken = strata.map(() => splits.map(() => 0));
  const order = [...strata.keys()].sort((a, b) => (strata[a] as number) - (strata[b] as number) || a - b);
  for (const stratum of order) {
    const share = shareOut(strata[stratum] as number, left);
    taken[stratum] = share;
    share.forEach((count, split) => {
      left[split] = (left[split] as number) - count;
    });
  }
  return taken;
}

/** Distributes `rows` over splits in proportion to `left`, never more than is left; ties go to the earlier split. */
function shareOut(rows: number, left: readonly number[]): number[] {
  const total = left.reduce((a, b) => a + b, 0);
  const ideal = left.map((room) => (total === 0 ? 0 : (rows * room) / total));
  const least = left.map((room) => (rows >= ROWS_FOR_ALL_SPLITS && room > 0 ? 1 : 0));
  const share = ideal.map((value, k) => Math.max(Math.floor(value), least[k] as number));
  const sum = () => share.reduce((a, b) => a + b, 0);
  /** The allowed split with the largest `value`. */
  const largest = (value: (k: number) => number, isAllowed: (k: number) => boolean) =>
    [...share.keys()].filter(isAllowed).reduce((best, k) => (value(k) > value(best) ? k : best));
  const excess = (k: number) => (share[k] as number) - (ideal[k] as number);
  while (sum() > rows) {
    const k = largest(excess, (i) => (share[i] as number) > (least[i] as number));
    share[k] = (share[k] as number) - 1;
  }
  while (sum() < rows) {
    const k = largest(
      (i) => -excess(i),
      (i) => (share[i] as number) < (left[i] as number),
    );
    share[k] = (share[k] as number) + 1;
  }
  return share;
}
