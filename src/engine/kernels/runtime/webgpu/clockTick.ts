// How fine a clock is, from what it has shown: browsers round the timestamps of the GPU, so that no page can spy with them.

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * The largest step that all times are multiples of.
 * @param times - nanoseconds since any of them
 * @param known - of earlier times of the same clock; 0 when there were none
 * @returns 0 while all times are the same
 */
export const tickOf = (times: readonly number[], known = 0): number =>
  times.reduce((tick, time) => greatestCommonDivisor(tick, Math.abs(time)), known);
