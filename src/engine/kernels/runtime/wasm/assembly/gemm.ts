// Products of float32 matrices, 4 x 8 results at a time in registers. Row strides are in bytes. Reads may run up to 12
// bytes past the last row of an operand (the lanes are dropped); the allocator keeps more than that behind every block.
//
// The inner loops take four steps of k a round: counters, the engine's check for interruptions and widened addresses of a round of
// one step are a third of its instructions. Each step is a basic block of its own (`break`), because V8 moves all loads of a block
// ahead of its arithmetic, and those of four steps do not fit into 15 vector registers.
import { multiplyAdd, padded, storePart } from './math';

/** Bytes that `packRows` and `packColumns` fill. */
export function packedBytes(k: i32, n: i32): usize {
  return (<usize>k * <usize>padded(n)) << 2;
}

/** Width of the panel that starts at column j: 8, or 4 when no more are left. */
@inline
function panelWidth(n: i32, j: i32): i32 {
  return n - j > 4 ? 8 : 4;
}

/** b [k, n] -> panels of 8 (last one 8 or 4) columns, each row by row, columns beyond n zero. */
export function packRows(b: usize, stride: usize, k: i32, n: i32, to: usize): void {
  for (let j = 0; j < n; j += 8) {
    const width = panelWidth(n, j);
    const count = min(width, n - j);
    let row = b + (<usize>j << 2);
    for (let i = 0; i < k; i++) {
      if (count == 8) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
      } else if (count == 4) {
        v128.store(to, v128.load(row));
      } else {
        for (let c = 0; c < width; c++) {
          store<f32>(to + (<usize>c << 2), c < count ? load<f32>(row + (<usize>c << 2)) : 0);
        }
      }
      to += <usize>width << 2;
      row += stride;
    }
  }
}

/** The same panels of the transpose of b [n, k]. */
export function packColumns(b: usize, stride: usize, k: i32, n: i32, to: usize): void {
  for (let j = 0; j < n; j += 8) {
    const width = panelWidth(n, j);
    for (let c = 0; c < width; c++) {
      let place = to + (<usize>c << 2);
      const step = <usize>width << 2;
      if (j + c < n) {
        let from = b + <usize>(j + c) * stride;
        for (let i = 0; i < k; i++, from += 4, place += step) store<f32>(place, load<f32>(from));
      } else {
        for (let i = 0; i < k; i++, place += step) store<f32>(place, 0);
      }
    }
    to += (<usize>k * <usize>width) << 2;
  }
}

/** c [m, n] = a [m, k] b + bias, b packed, bias [n] or 0. */
export function multiply(
  a: usize, aStride: usize, m: i32, b: usize, k: i32, n: i32, bias: usize, c: usize, cStride: usize,
): void {
  for (let j = 0; j < n; j += 8) {
    const width = panelWidth(n, j);
    const panelBias = bias ? bias + (<usize>j << 2) : 0;
    for (let i = 0; i < m; i += 4) {
      const from = a + <usize>i * aStride;
      const to = c + <usize>i * cStride + (<usize>j << 2);
      if (width == 8) tile8(from, aStride, m - i, b, k, n - j, panelBias, to, cStride);
      else tile4(from, aStride, m - i, b, k, n - j, panelBias, to, cStride);
    }
    b += (<usize>k * <usize>width) << 2;
  }
}

/** Rows beyond `rows` repeat the last one: they compute and store the same numbers again. */
function tile8(
  a0: usize, aStride: usize, rows: i32, b: usize, k: i32, columns: i32, bias: usize, c0: usize, cStride: usize,
): void {
  let a1 = rows > 1 ? a0 + aStride : a0;
  let a2 = rows > 2 ? a1 + aStride : a1;
  let a3 = rows > 3 ? a2 + aStride : a2;
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  if (bias) {
    s00 = v128.load(bias);
    s01 = v128.load(bias, 16);
  }
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  while (k > 0) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 1) break;
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x = v128.load32_splat(a0, 4);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a1, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a2, 4);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a3, 4);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 2) break;
    b0 = v128.load(b, 64);
    b1 = v128.load(b, 80);
    x = v128.load32_splat(a0, 8);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a1, 8);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a2, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a3, 8);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 3) break;
    b0 = v128.load(b, 96);
    b1 = v128.load(b, 112);
    x = v128.load32_splat(a0, 12);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a1, 12);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a2, 12);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a3, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    k -= 4;
    b += 128;
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
  }
  const c1 = rows > 1 ? c0 + cStride : c0;
  const c2 = rows > 2 ? c1 + cStride : c1;
  const c3 = rows > 3 ? c2 + cStride : c2;
  store8(c0, s00, s01, columns);
  store8(c1, s10, s11, columns);
  store8(c2, s20, s21, columns);
  store8(c3, s30, s31, columns);
}

@inline
function store8(to: usize, low: v128, high: v128, columns: i32): void {
  v128.store(to, low);
  storePart(to + 16, high, columns - 4);
}

function tile4(
  a0: usize, aStride: usize, rows: i32, b: usize, k: i32, columns: i32, bias: usize, c0: usize, cStride: usize,
): void {
  let a1 = rows > 1 ? a0 + aStride : a0;
  let a2 = rows > 2 ? a1 + aStride : a1;
  let a3 = rows > 3 ? a2 + aStride : a2;
  let s0 = bias ? v128.load(bias) : f32x4.splat(0);
  let s1 = s0, s2 = s0, s3 = s0;
  for (let i = 0; i < k; i++) {
    const bRow = v128.load(b);
    b += 16;
    s0 = multiplyAdd(v128.load32_splat(a0), bRow, s0);
    s1 = multiplyAdd(v128.load32_splat(a1), bRow, s1);
    s2 = multiplyAdd(v128.load32_splat(a2), bRow, s2);
    s3 = multiplyAdd(v128.load32_splat(a3), bRow, s3);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  const c1 = rows > 1 ? c0 + cStride : c0;
  const c2 = rows > 2 ? c1 + cStride : c1;
  const c3 = rows > 3 ? c2 + cStride : c2;
  storePart(c0, s0, columns);
  storePart(c1, s1, columns);
  storePart(c2, s2, columns);
  storePart(c3, s3, columns);
}

/** Panels and strips that fewer products than this read are left where they are. */
const FEW: i32 = 4;

/** Bytes of scratch for `multiplyTransposed`. */
export function transposedScratch(k: i32, n: i32): usize {
  return packedBytes(k, n) + (<usize>k << 5);
}

/** Four columns of a [k, ...] -> rows of four, one behind the other. */
function packStrip(a: usize, stride: usize, k: i32, to: usize): void {
  for (let i = 0; i < k; i++, a += stride, to += 16) v128.store(to, v128.load(a));
}

/**
 * c [m, n] += a^T b with a [k, m] and b [k, n]: gradients of weights. The larger operand is read once; the smaller one
 * stays in the cache, packed if it is b (scratch: transposedScratch(k, n)). What several products read is copied first: rows
 * whose distance is a power of two would meet in few lines of the cache.
 */
export function multiplyTransposed(
  a: usize, aStride: usize, k: i32, m: i32, b: usize, bStride: usize, n: i32, c: usize, cStride: usize, scratch: usize,
): void {
  if (m > n) {
    packRows(b, bStride, k, n, scratch);
    const strip = scratch + packedBytes(k, n);
    const copied = n > 8 * FEW;
    for (let i = 0; i < m; i += 4) {
      let from = a + (<usize>i << 2);
      if (copied) {
        packStrip(from, aStride, k, strip);
        from = strip;
      }
      const to = c + <usize>i * cStride;
      let panel = scratch;
      for (let j = 0; j < n; j += 8) {
        const width = panelWidth(n, j);
        const fromStride = copied ? 16 : aStride;
        addTile(from, fromStride, k, panel, <usize>width << 2, width, to + (<usize>j << 2), cStride, m - i, n - j);
        panel += (<usize>k * <usize>width) << 2;
      }
    }
    return;
  }
  const copied = m > 4 * FEW;
  for (let j = 0; j < n; j += 8) {
    let panel = b + (<usize>j << 2);
    let panelStride = bStride;
    const width = panelWidth(n, j);
    if (copied) {
      packRows(panel, bStride, k, min(width, n - j), scratch);
      panel = scratch;
      panelStride = <usize>width << 2;
    }
    for (let i = 0; i < m; i += 4) {
      const to = c + <usize>i * cStride + (<usize>j << 2);
      addTile(a + (<usize>i << 2), aStride, k, panel, panelStride, width, to, cStride, m - i, n - j);
    }
  }
}

@inline
function addTile(
  a: usize, aStride: usize, k: i32, b: usize, bStride: usize, width: i32, c: usize, cStride: usize, rows: i32, columns: i32,
): void {
  if (width == 8) addTile8(a, aStride, k, b, bStride, c, cStride, rows, columns);
  else addTile4(a, aStride, k, b, bStride, c, cStride, rows, columns);
}

function addTile8(
  a: usize, aStride: usize, k: i32, b: usize, bStride: usize, c: usize, cStride: usize, rows: i32, columns: i32,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  while (k > 0) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 1) break;
    a += aStride;
    b += bStride;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 2) break;
    a += aStride;
    b += bStride;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (k <= 3) break;
    a += aStride;
    b += bStride;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    k -= 4;
    a += aStride;
    b += bStride;
  }
  addRow8(c, s00, s01, columns);
  if (rows > 1) addRow8(c + cStride, s10, s11, columns);
  if (rows > 2) addRow8(c + 2 * cStride, s20, s21, columns);
  if (rows > 3) addRow8(c + 3 * cStride, s30, s31, columns);
}

@inline
function addRow8(c: usize, low: v128, high: v128, columns: i32): void {
  v128.store(c, f32x4.add(v128.load(c), low));
  storePart(c + 16, f32x4.add(v128.load(c, 16), high), columns - 4);
}

function addTile4(
  a: usize, aStride: usize, k: i32, b: usize, bStride: usize, c: usize, cStride: usize, rows: i32, columns: i32,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0, s2 = s0, s3 = s0;
  for (let i = 0; i < k; i++) {
    const bRow = v128.load(b);
    s0 = multiplyAdd(v128.load32_splat(a), bRow, s0);
    s1 = multiplyAdd(v128.load32_splat(a, 4), bRow, s1);
    s2 = multiplyAdd(v128.load32_splat(a, 8), bRow, s2);
    s3 = multiplyAdd(v128.load32_splat(a, 12), bRow, s3);
    a += aStride;
    b += bStride;
  }
  addRow4(c, s0, columns);
  if (rows > 1) addRow4(c + cStride, s1, columns);
  if (rows > 2) addRow4(c + 2 * cStride, s2, columns);
  if (rows > 3) addRow4(c + 3 * cStride, s3, columns);
}

@inline
function addRow4(c: usize, s: v128, columns: i32): void {
  storePart(c, f32x4.add(v128.load(c), s), columns);
}
