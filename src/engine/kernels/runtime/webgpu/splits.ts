// Sums over many rows are split over workgroups, so that tall and narrow shapes fill a GPU. What a split gives stays a part
// until somebody needs the sum (WebgpuContext.sumsOf).

/** Fewer rows in a split are not worth adding up. */
const MIN_ROWS = 64;
/** Numbers of all splits together. */
const MAX_NUMBERS = 1 << 22;

/**
 * Into how many splits the rows go.
 * @param groups - workgroups of one split
 * @param numbers - results of one split
 * @param enoughGroups - workgroups that fill the adapter
 * @returns splits, none of them without rows, and the rows of each but the last
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
