// Sums over many rows are split over workgroups, so that tall and narrow shapes fill a GPU. The results of the splits stay
// separate until the sum is needed (WebgpuContext.sumsOf).

/** With fewer rows than this in a split, adding the splits up costs more than splitting saves. */
const MIN_ROWS = 64;
/** At most this many numbers are written by all splits together. */
const MAX_NUMBERS = 1 << 22;

/**
 * The number of splits that the rows are divided into.
 * @param groups - workgroups of one split
 * @param numbers - results of one split
 * @param enoughGroups - workgroups that fill the adapter
 * @returns the number of splits, none of them empty, and the rows of each split but the last
 */
export function splitRows(
  rows: number,
  groups: number,
  numbers: number,
  enoughGroups: number,
): { splits: number; depth: number } {
  const wanted = Math.min(enoughGroups / groups, rows / MIN_ROWS, MAX_NUMBERS / numbers);
  const depth = Math.ceil(rows / Math.max(1, Math.floor(wanted)));
  return { splits: Math.ceil(rows / depth), depth };
}
