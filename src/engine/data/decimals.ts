// The float64 nearest to a decimal number whose digits are read one by one, without a string. Exact wherever a number is returned.

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const MAX_POWER = POWERS.length - 1;
/** Integers below are exact in float64, and so is whatever was counted up to them. */
export const EXACT_BELOW = 2 ** 53;

/**
 * `mantissa * 10^exponent`: both factors are exact, so that one rounding gives the nearest number (Clinger 1990, "How to read floating
 * point numbers accurately").
 * @param mantissa - an integer below `EXACT_BELOW`
 * @returns NaN where the power is not exact
 */
export function scaledByTen(mantissa: number, exponent: number): number {
  if (exponent === 0) return mantissa;
  if (exponent < 0) return exponent < -MAX_POWER ? Number.NaN : mantissa / (POWERS[-exponent] as number);
  return exponent > MAX_POWER ? Number.NaN : mantissa * (POWERS[exponent] as number);
}

/** 2^27 + 1: divides the digits of a float64 in two halves whose products are exact (Veltkamp; Dekker 1971). */
const SPLITTER = 134_217_729;
/** What the quotient of `divided` may be wrong by, relative to its rest: far below. */
const DOUBT = 2 ** -40;
/** Digits of which any integer is exact in float64. */
const HIGH_DIGITS = 15;
/** Digits behind those that are kept apart. */
const MAX_LOW_DIGITS = 4;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** The rounding error of the product `a * b = product`, exactly. */
function errorOf(a: number, b: number, product: number): number {
  const [x, y] = [SPLITTER * a, SPLITTER * b];
  const aHigh = x - (x - a);
  const bHigh = y - (y - b);
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * `(high * 10^lowDigits + low) / 10^places` for numbers of 16 to 19 digits, as programs write them that keep all of a float64: quotient
 * and remainder to about twice the digits of a float64, which decide the rounding unless the number lies too near to the middle of two.
 * @param high - the first 15 digits, the first of them not 0
 * @param low - those behind
 * @returns NaN where it is not certain
 */
function dividedByTen(high: number, low: number, lowDigits: number, places: number): number {
  if (lowDigits > MAX_LOW_DIGITS || places < 0 || places > MAX_POWER) return Number.NaN;
  const shift = POWERS[lowDigits] as number;
  const most = high * shift;
  const sum = most + low;
  // The integer is `sum + rest`: both terms are integers below 2^64 with few digits, so that no part of it is lost.
  const rest = errorOf(high, shift, most) + (low - (sum - most));
  const divisor = POWERS[places] as number;
  const quotient = sum / divisor;
  const product = quotient * divisor;
  const remainder = sum - product - errorOf(quotient, divisor, product) + rest;
  const more = remainder / divisor;
  const value = quotient + more;
  const beyond = more - (value - quotient);
  return value + beyond * (1 + DOUBT) === value ? value : Number.NaN;
}

/**
 * The number of 16 to 19 digits that begins at a position, without its exponent, times a power of ten.
 * @param bytes - digits with at most one point, which something else ends
 * @param exponent - of the digits as an integer
 * @returns NaN where the nearest float64 is not certain
 */
export function longDecimal(bytes: Uint8Array, from: number, exponent: number): number {
  let [high, highDigits, low, lowDigits] = [0, 0, 0, 0];
  for (let at = from; ; at++) {
    const byte = bytes[at] as number;
    if (byte === POINT) continue;
    if (!(byte >= ZERO && byte <= NINE)) break;
    if (highDigits === HIGH_DIGITS) {
      low = 10 * low + (byte - ZERO);
      lowDigits++;
    } else if (highDigits > 0 || byte !== ZERO) {
      high = 10 * high + (byte - ZERO);
      highDigits++;
    }
  }
  return dividedByTen(high, low, lowDigits, -exponent);
}
