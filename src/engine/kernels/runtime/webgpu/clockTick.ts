// The resolution of a clock, from observed times: browsers round GPU timestamps against timing attacks.

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * The largest step that all times are multiples of.
 * @param times - nanoseconds since any of them
 * @param known - result of earlier times of the same clock; 0 if there were none
 * @returns 0 while all times are equal
 */
export const tickOf = (times: readonly number[], known = 0): number =>
  times.reduce((tick, time) => greatestCommonDivisor(tick, Math.abs(time)), known);
