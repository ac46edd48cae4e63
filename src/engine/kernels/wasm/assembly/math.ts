// Vector mathematics that WebAssembly does not have: exp, the normal distribution function, sums over lanes.

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
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

/** Least argument whose exponential is a normal float32; below it the result is exactly 0. */
const LEAST: f32 = -87.3;

/**
 * exp(x) for x <= 0, relative error about 1e-7; NaN stays NaN. Range reduction to |r| <= ln 2 / 2 and a polynomial
 * (coefficients of the Cephes library, Moshier).
 */
@inline
export function expNonPositive(x: v128): v128 {
  const clamped = f32x4.pmax(x, splat(LEAST));
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, splat(-2.12194440e-4)));
  let p = splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, splat(LEAST)));
}

/**
 * Phi(-|x|) of the standard normal, given e = exp(-x^2 / 2), which the approximation shares with the density.
 * Absolute error 1e-7, and relative in the tail (Abramowitz and Stegun 7.1.26, in terms of erfc).
 */
@inline
function normalTail(x: v128, e: v128): v128 {
  const t = f32x4.div(splat(1), f32x4.add(splat(1), f32x4.mul(f32x4.abs(x), splat(0.3275911 * 0.70710678118654752))));
  let p = splat(0.5 * 1.061405429);
  p = f32x4.add(f32x4.mul(p, t), splat(0.5 * -1.453152027));
  p = f32x4.add(f32x4.mul(p, t), splat(0.5 * 1.421413741));
  p = f32x4.add(f32x4.mul(p, t), splat(0.5 * -0.284496736));
  p = f32x4.add(f32x4.mul(p, t), splat(0.5 * 0.254829592));
  return f32x4.mul(f32x4.mul(p, t), e);
}

@inline
function halfSquareExp(x: v128): v128 {
  return expNonPositive(f32x4.mul(f32x4.mul(x, x), splat(-0.5)));
}

@inline
function normalDistribution(x: v128, e: v128): v128 {
  const tail = normalTail(x, e);
  return v128.bitselect(tail, f32x4.sub(splat(1), tail), f32x4.lt(x, splat(0)));
}

/** x Phi(x) */
@inline
export function gelu(x: v128): v128 {
  return f32x4.mul(x, normalDistribution(x, halfSquareExp(x)));
}

/** Phi(x) + x phi(x) */
@inline
export function geluDerivative(x: v128): v128 {
  const e = halfSquareExp(x);
  return f32x4.add(normalDistribution(x, e), f32x4.mul(x, f32x4.mul(e, splat(0.3989422804014327))));
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
