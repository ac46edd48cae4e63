// Vector mathematics that WebAssembly does not have: exp, the normal distribution function, sums over lanes, the hash of
// dropout.

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** a * b + c, with one rounding where the module is built for relaxed SIMD. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

@inline
export function maxLanes(v: v128): f32 {
  const pairs = f32x4.max(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

// Engines build a vector constant from integers wherever it is used; loading it costs one instruction. So the constants of
// hot loops live in a table in memory. Offsets in bytes, 16 per constant.
const LEAST: usize = 0;
const LOG2_E: usize = 16;
const ROUNDER: usize = 32;
const LN2_HIGH: usize = 48;
const LN2_LOW: usize = 64;
const EXP_5: usize = 80;
const EXP_4: usize = 96;
const EXP_3: usize = 112;
const EXP_2: usize = 128;
const ONE: usize = 144;
const TAIL_SCALE: usize = 160;
const TAIL_5: usize = 176;
const TAIL_4: usize = 192;
const TAIL_3: usize = 208;
const TAIL_2: usize = 224;
const TAIL_1: usize = 240;
const MINUS_HALF: usize = 256;
const DENSITY: usize = 272;

/** Bytes of the table. */
export function constantsBytes(): usize {
  return 288;
}

/** Where the table is; pass it on to the functions below. */
export let constants: usize = 0;

/** Fills the table; to be called once, before everything else. */
export function setConstants(at: usize): void {
  constants = at;
  // Its exponential, 1.6e-28, is nothing beside 1, and its products stay clear of denormal numbers, which are slow.
  v128.store(at, splat(-64), LEAST);
  v128.store(at, splat(1.44269504088896341), LOG2_E);
  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits.
  v128.store(at, splat(12582912), ROUNDER);
  v128.store(at, splat(0.693359375), LN2_HIGH);
  v128.store(at, splat(-2.12194440e-4), LN2_LOW);
  // exp(r) = 1 + r + r^2 q(r) on |r| <= ln 2 / 2, q of least largest relative error (1.05e-7).
  v128.store(at, splat(0.0083125), EXP_5);
  v128.store(at, splat(0.04189033), EXP_4);
  v128.store(at, splat(0.16667115), EXP_3);
  v128.store(at, splat(0.4999923), EXP_2);
  v128.store(at, splat(1), ONE);
  // erfc as exp times a polynomial of 1 / (1 + p x) (Abramowitz and Stegun 7.1.26), for x / sqrt(2) and halved.
  v128.store(at, splat(0.3275911 * 0.70710678118654752), TAIL_SCALE);
  v128.store(at, splat(0.5 * 1.061405429), TAIL_5);
  v128.store(at, splat(0.5 * -1.453152027), TAIL_4);
  v128.store(at, splat(0.5 * 1.421413741), TAIL_3);
  v128.store(at, splat(0.5 * -0.284496736), TAIL_2);
  v128.store(at, splat(0.5 * 0.254829592), TAIL_1);
  v128.store(at, splat(-0.5), MINUS_HALF);
  v128.store(at, splat(0.3989422804014327), DENSITY);
}

/** exp(x) for x <= 0, relative error about 2e-7 down to exp(-64), which is the least value. NaN stays NaN. */
@inline
function positiveExp(x: v128, c: usize): v128 {
  const clamped = f32x4.pmax(x, v128.load(c, LEAST));
  const rounded = multiplyAdd(clamped, v128.load(c, LOG2_E), v128.load(c, ROUNDER));
  const n = f32x4.sub(rounded, v128.load(c, ROUNDER));
  let r = f32x4.sub(clamped, f32x4.mul(n, v128.load(c, LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, v128.load(c, LN2_LOW)));
  let p = multiplyAdd(v128.load(c, EXP_5), r, v128.load(c, EXP_4));
  p = multiplyAdd(p, r, v128.load(c, EXP_3));
  p = multiplyAdd(p, r, v128.load(c, EXP_2));
  p = multiplyAdd(p, r, v128.load(c, ONE));
  p = multiplyAdd(p, r, v128.load(c, ONE));
  // Times 2^n: n moves from the low bits to the exponent.
  return i32x4.add(p, i32x4.shl(rounded, 23));
}

/** The same, and exactly 0 below -64. */
@inline
export function expNonPositive(x: v128, c: usize): v128 {
  return v128.andnot(positiveExp(x, c), f32x4.lt(x, v128.load(c, LEAST)));
}

/** exp(-x^2 / 2) */
@inline
function halfSquareExp(x: v128, c: usize): v128 {
  return positiveExp(f32x4.mul(f32x4.mul(x, x), v128.load(c, MINUS_HALF)), c);
}

/** Phi(-a) of the standard normal for a >= 0, given e = exp(-a^2 / 2): absolute error 1e-7, and relative in the tail. */
@inline
function normalTail(a: v128, e: v128, c: usize): v128 {
  const one = v128.load(c, ONE);
  const t = f32x4.div(one, multiplyAdd(a, v128.load(c, TAIL_SCALE), one));
  let p = multiplyAdd(v128.load(c, TAIL_5), t, v128.load(c, TAIL_4));
  p = multiplyAdd(p, t, v128.load(c, TAIL_3));
  p = multiplyAdd(p, t, v128.load(c, TAIL_2));
  p = multiplyAdd(p, t, v128.load(c, TAIL_1));
  return f32x4.mul(f32x4.mul(p, t), e);
}

/** Stores x Phi(x) and its derivative Phi(x) + x phi(x), which share an exponential. */
@inline
export function geluWithSlope(x: v128, y: usize, slope: usize, count: i32, c: usize): void {
  const a = f32x4.abs(x);
  const e = halfSquareExp(x, c);
  const tail = normalTail(a, e, c);
  storePart(y, f32x4.sub(f32x4.pmax(x, splat(0)), f32x4.mul(a, tail)), count);
  // The sign bit, spread over the lane, chooses the side.
  const cdf = v128.bitselect(tail, f32x4.sub(v128.load(c, ONE), tail), i32x4.shr_s(x, 31));
  storePart(slope, multiplyAdd(x, f32x4.mul(e, v128.load(c, DENSITY)), cdf), count);
}

/** The finaliser of MurmurHash3, four at a time. */
@inline
function mix(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** What dropout multiplies four elements by: `kept` where the hash of (key, index) is at or above the threshold, else 0. */
@inline
export function dropFactor(index: v128, key: i32, threshold: u32, kept: f32): v128 {
  const hash = mix(v128.xor(i32x4.mul(index, i32x4.splat(0x9e3779b1)), i32x4.splat(key)));
  return v128.and(splat(kept), i32x4.ge_u(hash, i32x4.splat(threshold)));
}

/** Loads the first `count` (1 to 3) floats; the other lanes are 0. */
@inline
export function loadPart(from: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  v = f32x4.replace_lane(v, 0, load<f32>(from));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(from, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(from, 8));
  return v;
}

/** Loads the first `count` floats; 4 or more load all. */
@inline
export function lanes(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadPart(from, count);
}

/** Stores the first `count` lanes; 4 or more store all. */
@inline
export function storePart(to: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, v);
    return;
  }
  store<f32>(to, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(v, 2), 8);
}

/** Rounded up to a multiple of 4: whole vectors. */
@inline
export function padded(n: i32): i32 {
  return (n + 3) & ~3;
}

/** to [width] += factor * from [width] */
@inline
export function addScaled(to: usize, from: usize, factor: f32, width: i32): void {
  const f = splat(factor);
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    storePart(to + at, f32x4.add(lanes(to + at, count), f32x4.mul(f, lanes(from + at, count))), count);
  }
}
