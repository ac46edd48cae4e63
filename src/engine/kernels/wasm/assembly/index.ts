// SIMD loops on the memory of tfjs' wasm backend (AssemblyScript, built by `npm run build:wasm`). Every argument is a byte
// address or a count; no allocation, no static data, no stack, so nothing of the host's memory is touched but what is
// named. Names and shapes are those of the kernels in ../natives.ts.

const LANES: i32 = 4;

@inline
function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

@inline
function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

@inline
function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** e^x: 2^n times a polynomial on [-ln2/2, ln2/2] (Cephes coefficients); 0 below -87. */
@inline
function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88.3));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  const value = f32x4.mul(p, scale);
  return v128.and(value, f32x4.ge(x, f32x4.splat(-87.3)));
}

/** erf by a rational function on [-4, 4], beyond which it is 1 in float32 (the coefficients of Eigen). */
@inline
function erf4(x: v128): v128 {
  const c = f32x4.min(f32x4.max(x, f32x4.splat(-4)), f32x4.splat(4));
  const s = f32x4.mul(c, c);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(2.77068142495902e-8));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-2.10102402082508e-6));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-5.69250639462346e-5));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-7.34990630326855e-4));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-2.95459980854025e-3));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-1.60960333262415e-2));
  p = f32x4.mul(p, c);
  let q = f32x4.splat(-1.45660718464996e-5);
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(-2.13374055278905e-4));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(-1.68282697438203e-3));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(-7.37332916720468e-3));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(-1.42647390514189e-2));
  return f32x4.div(p, q);
}

@inline
function gelu4(x: v128): v128 {
  const half = f32x4.mul(x, f32x4.splat(0.5));
  return f32x4.add(half, f32x4.mul(half, erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476)))));
}

@inline
function geluDerivative4(x: v128): v128 {
  const cdf = f32x4.mul(
    f32x4.add(erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476))), f32x4.splat(1)),
    f32x4.splat(0.5),
  );
  const pdf = f32x4.mul(exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))), f32x4.splat(0.3989422804014327));
  return f32x4.add(cdf, f32x4.mul(x, pdf));
}

/** y = x + bias per row; with `activation` 1 its ReLU, with 2 its GELU, and then z = x + bias too. */
export function biasActivation(
  x: usize,
  bias: usize,
  y: usize,
  z: usize,
  rows: i32,
  columns: i32,
  activation: i32,
): void {
  const whole = columns & ~3;
  const zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    for (let c = 0; c < whole; c += LANES) {
      const value = f32x4.add(v128.load(at(x, start + c)), v128.load(at(bias, c)));
      if (activation == 2) {
        v128.store(at(z, start + c), value);
        v128.store(at(y, start + c), gelu4(value));
      } else {
        v128.store(at(y, start + c), activation == 1 ? f32x4.max(value, zero) : value);
      }
    }
    for (let c = whole; c < columns; c++) {
      const value = load<f32>(at(x, start + c)) + load<f32>(at(bias, c));
      if (activation == 2) {
        store<f32>(at(z, start + c), value);
        store<f32>(at(y, start + c), f32x4.extract_lane(gelu4(f32x4.splat(value)), 0));
      } else {
        store<f32>(at(y, start + c), activation == 1 ? max(value, <f32>0) : value);
      }
    }
  }
}

/** out = dy * gelu'(value) (`activation` 2), or dy where value > 0 (1). */
export function activationGradient(dy: usize, value: usize, out: usize, size: i32, activation: i32): void {
  const whole = size & ~3;
  for (let i = 0; i < whole; i += LANES) {
    const d = v128.load(at(dy, i));
    const v = v128.load(at(value, i));
    v128.store(
      at(out, i),
      activation == 2 ? f32x4.mul(d, geluDerivative4(v)) : v128.and(d, f32x4.gt(v, f32x4.splat(0))),
    );
  }
  for (let i = whole; i < size; i++) {
    const d = load<f32>(at(dy, i));
    const v = load<f32>(at(value, i));
    const slope = activation == 2 ? f32x4.extract_lane(geluDerivative4(f32x4.splat(v)), 0) : v > 0 ? <f32>1 : <f32>0;
    store<f32>(at(out, i), d * slope);
  }
}

/** out[c] = sum over rows of x[r, c] */
export function columnSum(x: usize, out: usize, rows: i32, columns: i32): void {
  memory.fill(out, 0, (<usize>columns) << 2);
  const whole = columns & ~3;
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    for (let c = 0; c < whole; c += LANES) {
      v128.store(at(out, c), f32x4.add(v128.load(at(out, c)), v128.load(at(x, start + c))));
    }
    for (let c = whole; c < columns; c++) {
      store<f32>(at(out, c), load<f32>(at(out, c)) + load<f32>(at(x, start + c)));
    }
  }
}

/** y [columns, rows] = x [rows, columns] turned, in 4 x 4 blocks. */
export function transpose(x: usize, y: usize, rows: i32, columns: i32): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let r = 0; r < wholeRows; r += LANES) {
    for (let c = 0; c < wholeColumns; c += LANES) {
      const a = v128.load(at(x, r * columns + c));
      const b = v128.load(at(x, (r + 1) * columns + c));
      const d = v128.load(at(x, (r + 2) * columns + c));
      const e = v128.load(at(x, (r + 3) * columns + c));
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const de0 = i32x4.shuffle(d, e, 0, 4, 1, 5);
      const de1 = i32x4.shuffle(d, e, 2, 6, 3, 7);
      v128.store(at(y, c * rows + r), i32x4.shuffle(ab0, de0, 0, 1, 4, 5));
      v128.store(at(y, (c + 1) * rows + r), i32x4.shuffle(ab0, de0, 2, 3, 6, 7));
      v128.store(at(y, (c + 2) * rows + r), i32x4.shuffle(ab1, de1, 0, 1, 4, 5));
      v128.store(at(y, (c + 3) * rows + r), i32x4.shuffle(ab1, de1, 2, 3, 6, 7));
    }
    for (let c = wholeColumns; c < columns; c++) {
      for (let k = 0; k < LANES; k++) store<f32>(at(y, c * rows + r + k), load<f32>(at(x, (r + k) * columns + c)));
    }
  }
  for (let r = wholeRows; r < rows; r++) {
    for (let c = 0; c < columns; c++) store<f32>(at(y, c * rows + r), load<f32>(at(x, r * columns + c)));
  }
}

export function layerNorm(
  x: usize,
  scale: usize,
  offset: usize,
  y: usize,
  mean: usize,
  inverse: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  const whole = columns & ~3;
  const count = <f32>columns;
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    let sum4 = f32x4.splat(0);
    for (let c = 0; c < whole; c += LANES) sum4 = f32x4.add(sum4, v128.load(at(x, start + c)));
    let sum = sumLanes(sum4);
    for (let c = whole; c < columns; c++) sum += load<f32>(at(x, start + c));
    const m = sum / count;
    const m4 = f32x4.splat(m);
    let squares4 = f32x4.splat(0);
    for (let c = 0; c < whole; c += LANES) {
      const d = f32x4.sub(v128.load(at(x, start + c)), m4);
      squares4 = f32x4.add(squares4, f32x4.mul(d, d));
    }
    let squares = sumLanes(squares4);
    for (let c = whole; c < columns; c++) {
      const d = load<f32>(at(x, start + c)) - m;
      squares += d * d;
    }
    const inv = <f32>1 / sqrt<f32>(squares / count + epsilon);
    const inv4 = f32x4.splat(inv);
    for (let c = 0; c < whole; c += LANES) {
      const normed = f32x4.mul(f32x4.sub(v128.load(at(x, start + c)), m4), inv4);
      v128.store(
        at(y, start + c),
        f32x4.add(f32x4.mul(normed, v128.load(at(scale, c))), v128.load(at(offset, c))),
      );
    }
    for (let c = whole; c < columns; c++) {
      const normed = (load<f32>(at(x, start + c)) - m) * inv;
      store<f32>(at(y, start + c), normed * load<f32>(at(scale, c)) + load<f32>(at(offset, c)));
    }
    store<f32>(at(mean, r), m);
    store<f32>(at(inverse, r), inv);
  }
}

export function layerNormGradient(
  dy: usize,
  x: usize,
  scale: usize,
  mean: usize,
  inverse: usize,
  dx: usize,
  dScale: usize,
  dOffset: usize,
  rows: i32,
  columns: i32,
): void {
  const whole = columns & ~3;
  const count = <f32>columns;
  memory.fill(dScale, 0, (<usize>columns) << 2);
  memory.fill(dOffset, 0, (<usize>columns) << 2);
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    const m = load<f32>(at(mean, r));
    const inv = load<f32>(at(inverse, r));
    const m4 = f32x4.splat(m);
    const inv4 = f32x4.splat(inv);
    let sum4 = f32x4.splat(0);
    let product4 = f32x4.splat(0);
    for (let c = 0; c < whole; c += LANES) {
      const d = v128.load(at(dy, start + c));
      const normed = f32x4.mul(f32x4.sub(v128.load(at(x, start + c)), m4), inv4);
      const g = f32x4.mul(d, v128.load(at(scale, c)));
      sum4 = f32x4.add(sum4, g);
      product4 = f32x4.add(product4, f32x4.mul(g, normed));
      v128.store(at(dScale, c), f32x4.add(v128.load(at(dScale, c)), f32x4.mul(d, normed)));
      v128.store(at(dOffset, c), f32x4.add(v128.load(at(dOffset, c)), d));
    }
    let sum = sumLanes(sum4);
    let product = sumLanes(product4);
    for (let c = whole; c < columns; c++) {
      const d = load<f32>(at(dy, start + c));
      const normed = (load<f32>(at(x, start + c)) - m) * inv;
      const g = d * load<f32>(at(scale, c));
      sum += g;
      product += g * normed;
      store<f32>(at(dScale, c), load<f32>(at(dScale, c)) + d * normed);
      store<f32>(at(dOffset, c), load<f32>(at(dOffset, c)) + d);
    }
    const a = sum / count;
    const b = product / count;
    const a4 = f32x4.splat(a);
    const b4 = f32x4.splat(b);
    for (let c = 0; c < whole; c += LANES) {
      const normed = f32x4.mul(f32x4.sub(v128.load(at(x, start + c)), m4), inv4);
      const g = f32x4.mul(v128.load(at(dy, start + c)), v128.load(at(scale, c)));
      v128.store(at(dx, start + c), f32x4.mul(f32x4.sub(f32x4.sub(g, a4), f32x4.mul(normed, b4)), inv4));
    }
    for (let c = whole; c < columns; c++) {
      const normed = (load<f32>(at(x, start + c)) - m) * inv;
      const g = load<f32>(at(dy, start + c)) * load<f32>(at(scale, c));
      store<f32>(at(dx, start + c), (g - a - normed * b) * inv);
    }
  }
}

/**
 * Copies one head of q, k or v, [L, hd] within rows of `stride` floats, to [hd, padded], zero behind L.
 */
function gatherTurned(source: usize, target: usize, length: i32, headSize: i32, stride: i32, padded: i32): void {
  for (let d = 0; d < headSize; d++) {
    const row = at(target, d * padded);
    for (let k = 0; k < length; k++) store<f32>(at(row, k), load<f32>(at(source, k * stride + d)));
    for (let k = length; k < padded; k++) store<f32>(at(row, k), 0);
  }
}

/** row[k] = row[k] * scale, minus infinity where blocked or behind L, then softmax in place. Returns nothing. */
@inline
function softmaxRow(row: usize, blocked: usize, length: i32, padded: i32, scale: f32): void {
  const scale4 = f32x4.splat(scale);
  for (let k = 0; k < padded; k += LANES) v128.store(at(row, k), f32x4.mul(v128.load(at(row, k)), scale4));
  if (blocked) {
    for (let k = 0; k < length; k++) if (load<u8>(blocked + k)) store<f32>(at(row, k), -1e30);
  }
  for (let k = length; k < padded; k++) store<f32>(at(row, k), -1e30);
  let max4 = f32x4.splat(-1e30);
  for (let k = 0; k < padded; k += LANES) max4 = f32x4.max(max4, v128.load(at(row, k)));
  const top = f32x4.splat(maxLanes(max4));
  let sum4 = f32x4.splat(0);
  for (let k = 0; k < padded; k += LANES) {
    const e = exp4(f32x4.sub(v128.load(at(row, k)), top));
    sum4 = f32x4.add(sum4, e);
    v128.store(at(row, k), e);
  }
  const inverse = f32x4.splat(<f32>1 / sumLanes(sum4));
  for (let k = 0; k < padded; k += LANES) v128.store(at(row, k), f32x4.mul(v128.load(at(row, k)), inverse));
}

/**
 * Packed qkv [G, L, 3D] to out [G, L, D] and weights [G * H, L, L]. `blocked` is [L * L] bytes or 0.
 * `scratch` holds (2 * hd + 1) * padded floats.
 */
export function attention(
  qkv: usize,
  blocked: usize,
  out: usize,
  weights: usize,
  scratch: usize,
  groups: i32,
  length: i32,
  width: i32,
  heads: i32,
): void {
  const headSize = width / heads;
  const padded = (length + 3) & ~3;
  const stride = 3 * width;
  const keys = scratch;
  const values = at(scratch, headSize * padded);
  const row = at(scratch, 2 * headSize * padded);
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const q = at(qkv, g * length * stride + h * headSize);
      gatherTurned(at(q, width), keys, length, headSize, stride, padded);
      gatherTurned(at(q, 2 * width), values, length, headSize, stride, padded);
      const w = at(weights, (g * heads + h) * length * length);
      for (let i = 0; i < length; i++) {
        for (let k = 0; k < padded; k += LANES) {
          let sum = f32x4.splat(0);
          for (let d = 0; d < headSize; d++) {
            const qd = v128.load32_splat(at(q, i * stride + d));
            sum = f32x4.add(sum, f32x4.mul(qd, v128.load(at(keys, d * padded + k))));
          }
          v128.store(at(row, k), sum);
        }
        softmaxRow(row, blocked ? blocked + i * length : 0, length, padded, scale);
        memory.copy(at(w, i * length), row, (<usize>length) << 2);
        const target = at(out, (g * length + i) * width + h * headSize);
        for (let d = 0; d < headSize; d++) {
          let sum = f32x4.splat(0);
          for (let k = 0; k < padded; k += LANES) {
            sum = f32x4.add(sum, f32x4.mul(v128.load(at(row, k)), v128.load(at(values, d * padded + k))));
          }
          store<f32>(at(target, d), sumLanes(sum));
        }
      }
    }
  }
}

/**
 * Gradient of the packed projections. dqkv [G, L, 3D]; `scratch` holds (4 * hd + 2) * padded floats.
 */
export function attentionGradient(
  dy: usize,
  qkv: usize,
  weights: usize,
  dqkv: usize,
  scratch: usize,
  groups: i32,
  length: i32,
  width: i32,
  heads: i32,
): void {
  const headSize = width / heads;
  const padded = (length + 3) & ~3;
  const stride = 3 * width;
  const block = headSize * padded;
  const keys = scratch;
  const values = at(scratch, block);
  const dKeys = at(scratch, 2 * block);
  const dValues = at(scratch, 3 * block);
  const w = at(scratch, 4 * block);
  const ds = at(scratch, 4 * block + padded);
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const q = at(qkv, g * length * stride + h * headSize);
      const dq = at(dqkv, g * length * stride + h * headSize);
      gatherTurned(at(q, width), keys, length, headSize, stride, padded);
      gatherTurned(at(q, 2 * width), values, length, headSize, stride, padded);
      memory.fill(dKeys, 0, (<usize>(2 * block)) << 2);
      const saved = at(weights, (g * heads + h) * length * length);
      for (let i = 0; i < length; i++) {
        memory.copy(w, at(saved, i * length), (<usize>length) << 2);
        for (let k = length; k < padded; k++) store<f32>(at(w, k), 0);
        const d0 = at(dy, (g * length + i) * width + h * headSize);
        let inner4 = f32x4.splat(0);
        for (let k = 0; k < padded; k += LANES) {
          let sum = f32x4.splat(0);
          const wk = v128.load(at(w, k));
          for (let d = 0; d < headSize; d++) {
            const grad = v128.load32_splat(at(d0, d));
            const place = d * padded + k;
            sum = f32x4.add(sum, f32x4.mul(grad, v128.load(at(values, place))));
            v128.store(at(dValues, place), f32x4.add(v128.load(at(dValues, place)), f32x4.mul(grad, wk)));
          }
          v128.store(at(ds, k), sum);
          inner4 = f32x4.add(inner4, f32x4.mul(sum, wk));
        }
        const inner = f32x4.splat(sumLanes(inner4));
        const scale4 = f32x4.splat(scale);
        for (let k = 0; k < padded; k += LANES) {
          const centred = f32x4.sub(v128.load(at(ds, k)), inner);
          v128.store(at(ds, k), f32x4.mul(f32x4.mul(v128.load(at(w, k)), centred), scale4));
        }
        for (let d = 0; d < headSize; d++) {
          const qd = v128.load32_splat(at(q, i * stride + d));
          let sum = f32x4.splat(0);
          for (let k = 0; k < padded; k += LANES) {
            const s = v128.load(at(ds, k));
            const place = d * padded + k;
            sum = f32x4.add(sum, f32x4.mul(s, v128.load(at(keys, place))));
            v128.store(at(dKeys, place), f32x4.add(v128.load(at(dKeys, place)), f32x4.mul(s, qd)));
          }
          store<f32>(at(dq, i * stride + d), sumLanes(sum));
        }
      }
      for (let d = 0; d < headSize; d++) {
        for (let k = 0; k < length; k++) {
          store<f32>(at(dq, k * stride + width + d), load<f32>(at(dKeys, d * padded + k)));
          store<f32>(at(dq, k * stride + 2 * width + d), load<f32>(at(dValues, d * padded + k)));
        }
      }
    }
  }
}

/** p, m and v in place. `decay` = 1 - lr * weight decay; c1, c2 = 1 / (1 - beta^t). */
export function adamw(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  size: i32,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  decay: f32,
  c1: f32,
  c2: f32,
  gradientScale: f32,
): void {
  const whole = size & ~3;
  for (let i = 0; i < whole; i += LANES) {
    const grad = f32x4.mul(v128.load(at(g, i)), f32x4.splat(gradientScale));
    const m1 = f32x4.add(
      f32x4.mul(v128.load(at(m, i)), f32x4.splat(beta1)),
      f32x4.mul(grad, f32x4.splat(1 - beta1)),
    );
    const v1 = f32x4.add(
      f32x4.mul(v128.load(at(v, i)), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(grad, grad), f32x4.splat(1 - beta2)),
    );
    v128.store(at(m, i), m1);
    v128.store(at(v, i), v1);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v1, f32x4.splat(c2))), f32x4.splat(epsilon));
    const move = f32x4.mul(f32x4.div(f32x4.mul(m1, f32x4.splat(c1)), root), f32x4.splat(learningRate));
    v128.store(at(p, i), f32x4.sub(f32x4.mul(v128.load(at(p, i)), f32x4.splat(decay)), move));
  }
  for (let i = whole; i < size; i++) {
    const grad = load<f32>(at(g, i)) * gradientScale;
    const m1 = load<f32>(at(m, i)) * beta1 + grad * (1 - beta1);
    const v1 = load<f32>(at(v, i)) * beta2 + grad * grad * (1 - beta2);
    store<f32>(at(m, i), m1);
    store<f32>(at(v, i), v1);
    const move = ((m1 * c1) / (sqrt<f32>(v1 * c2) + epsilon)) * learningRate;
    store<f32>(at(p, i), load<f32>(at(p, i)) * decay - move);
  }
}

/** Sum of squares, in float64 across blocks so that large tensors lose no digits. */
export function sumOfSquares(x: usize, size: i32): f32 {
  const whole = size & ~3;
  let total: f64 = 0;
  for (let start = 0; start < whole; start += 1024) {
    const end = min(whole, start + 1024);
    let sum = f32x4.splat(0);
    for (let i = start; i < end; i += LANES) {
      const value = v128.load(at(x, i));
      sum = f32x4.add(sum, f32x4.mul(value, value));
    }
    total += <f64>sumLanes(sum);
  }
  for (let i = whole; i < size; i++) {
    const value = <f64>load<f32>(at(x, i));
    total += value * value;
  }
  return <f32>total;
}

/** out[b, first + k, :] = values[b, k] * weight[k, :] + bias[k, :]; `tokens` = tokens per row of out. */
export function embedNumeric(
  values: usize,
  weight: usize,
  bias: usize,
  out: usize,
  rows: i32,
  columns: i32,
  width: i32,
  first: i32,
  tokens: i32,
): void {
  const whole = width & ~3;
  for (let b = 0; b < rows; b++) {
    for (let k = 0; k < columns; k++) {
      const value = load<f32>(at(values, b * columns + k));
      const value4 = f32x4.splat(value);
      const source = k * width;
      const target = (b * tokens + first + k) * width;
      for (let e = 0; e < whole; e += LANES) {
        const product = f32x4.mul(value4, v128.load(at(weight, source + e)));
        v128.store(at(out, target + e), f32x4.add(product, v128.load(at(bias, source + e))));
      }
      for (let e = whole; e < width; e++) {
        store<f32>(at(out, target + e), value * load<f32>(at(weight, source + e)) + load<f32>(at(bias, source + e)));
      }
    }
  }
}

/** dWeight[k, :] and dBias[k, :] summed over rows. */
export function embedNumericGradient(
  dy: usize,
  values: usize,
  dWeight: usize,
  dBias: usize,
  rows: i32,
  columns: i32,
  width: i32,
  first: i32,
  tokens: i32,
): void {
  const bytes = (<usize>(columns * width)) << 2;
  memory.fill(dWeight, 0, bytes);
  memory.fill(dBias, 0, bytes);
  const whole = width & ~3;
  for (let b = 0; b < rows; b++) {
    for (let k = 0; k < columns; k++) {
      const value = load<f32>(at(values, b * columns + k));
      const value4 = f32x4.splat(value);
      const target = k * width;
      const source = (b * tokens + first + k) * width;
      for (let e = 0; e < whole; e += LANES) {
        const d = v128.load(at(dy, source + e));
        v128.store(at(dBias, target + e), f32x4.add(v128.load(at(dBias, target + e)), d));
        v128.store(
          at(dWeight, target + e),
          f32x4.add(v128.load(at(dWeight, target + e)), f32x4.mul(d, value4)),
        );
      }
      for (let e = whole; e < width; e++) {
        const d = load<f32>(at(dy, source + e));
        store<f32>(at(dBias, target + e), load<f32>(at(dBias, target + e)) + d);
        store<f32>(at(dWeight, target + e), load<f32>(at(dWeight, target + e)) + d * value);
      }
    }
  }
}

/** out[b, first + j, :] = table[codes[b, j], :] */
export function embedCodes(
  codes: usize,
  table: usize,
  out: usize,
  rows: i32,
  columns: i32,
  width: i32,
  first: i32,
  tokens: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (let b = 0; b < rows; b++) {
    for (let j = 0; j < columns; j++) {
      const code = load<i32>(at(codes, b * columns + j));
      memory.copy(at(out, (b * tokens + first + j) * width), at(table, code * width), bytes);
    }
  }
}

/** dTable[codes[b, j], :] += dy[b, first + j, :] in the order of the rows, so the same on every run. */
export function embedCodesGradient(
  dy: usize,
  codes: usize,
  dTable: usize,
  rows: i32,
  columns: i32,
  width: i32,
  first: i32,
  tokens: i32,
  tableRows: i32,
): void {
  memory.fill(dTable, 0, (<usize>(tableRows * width)) << 2);
  for (let b = 0; b < rows; b++) {
    for (let j = 0; j < columns; j++) {
      const target = load<i32>(at(codes, b * columns + j)) * width;
      const source = (b * tokens + first + j) * width;
      for (let e = 0; e < width; e++) {
        store<f32>(at(dTable, target + e), load<f32>(at(dTable, target + e)) + load<f32>(at(dy, source + e)));
      }
    }
  }
}

/** out[b, i, :] = weight[i, :] + bias[i, :] for the task tokens, which stand first. */
export function embedTasks(
  weight: usize,
  bias: usize,
  out: usize,
  rows: i32,
  count: i32,
  width: i32,
  tokens: i32,
): void {
  const size = count * width;
  for (let b = 0; b < rows; b++) {
    const target = b * tokens * width;
    for (let i = 0; i < size; i++) {
      store<f32>(at(out, target + i), load<f32>(at(weight, i)) + load<f32>(at(bias, i)));
    }
  }
}

/** dWeight = dBias = sum over rows of dy[b, 0..count, :]. */
export function embedTasksGradient(dy: usize, out: usize, rows: i32, count: i32, width: i32, tokens: i32): void {
  const size = count * width;
  memory.fill(out, 0, (<usize>size) << 2);
  for (let b = 0; b < rows; b++) {
    const source = b * tokens * width;
    for (let i = 0; i < size; i++) {
      store<f32>(at(out, i), load<f32>(at(out, i)) + load<f32>(at(dy, source + i)));
    }
  }
}
