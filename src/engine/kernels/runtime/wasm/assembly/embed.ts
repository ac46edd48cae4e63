// Tokens of a batch out of task vectors, table rows and numeric values, and the gradients of those.
import { loadPart, splat, storePart } from './math';

/**
 * tokens [rows, t + c + n, width]. tasks: [t, width] weights and biases, table [S, width], codes [rows, c],
 * numeric weights and biases [n, width], values [rows, n]. A code outside the table gives zeros.
 */
export function embedForward(
  taskWeight: usize, taskBias: usize, t: i32, table: usize, tableRows: i32, codes: usize, c: i32,
  numericWeight: usize, numericBias: usize, values: usize, n: i32, rows: i32, width: i32, tokens: usize,
): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < <usize>t * bytes; i += 4) {
      store<f32>(tokens + i, load<f32>(taskWeight + i) + load<f32>(taskBias + i));
    }
    tokens += <usize>t * bytes;
    for (let i = 0; i < c; i++) {
      const code = load<u32>(codes);
      if (code < <u32>tableRows) memory.copy(tokens, table + <usize>code * bytes, bytes);
      else memory.fill(tokens, 0, bytes);
      codes += 4;
      tokens += bytes;
    }
    let w = numericWeight;
    let b = numericBias;
    for (let i = 0; i < n; i++) {
      const value = v128.load32_splat(values);
      let j = 0;
      for (; j + 4 <= width; j += 4, w += 16, b += 16, tokens += 16) {
        v128.store(tokens, f32x4.add(f32x4.mul(value, v128.load(w)), v128.load(b)));
      }
      if (j < width) {
        const left = width - j;
        storePart(tokens, f32x4.add(f32x4.mul(value, loadPart(w, left)), loadPart(b, left)), left);
        const rest = <usize>left << 2;
        w += rest;
        b += rest;
        tokens += rest;
      }
      values += 4;
    }
  }
}

/** to [size] += factor * from */
@inline
function addScaled(to: usize, from: usize, factor: v128, size: i32): void {
  let j = 0;
  for (; j + 4 <= size; j += 4, to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(factor, v128.load(from))));
  }
  for (; j < size; j++, to += 4, from += 4) {
    store<f32>(to, load<f32>(to) + f32x4.extract_lane(factor, 0) * load<f32>(from));
  }
}

/**
 * Writes dtask [t, width], dtable [S, width], dweight and dbias [n, width] from dy [rows, t + c + n, width].
 * scratch: (t + 2 n) * width floats for the sums of 64 rows.
 */
export function embedBackward(
  dy: usize, dtask: usize, t: i32, dtable: usize, tableRows: i32, codes: usize, c: i32,
  dweight: usize, dbias: usize, values: usize, n: i32, rows: i32, width: i32, scratch: usize,
): void {
  const bytes = <usize>width << 2;
  const one = splat(1);
  const taskSize = t * width;
  const numericSize = n * width;
  const weights = scratch + (<usize>taskSize << 2);
  const biases = weights + (<usize>numericSize << 2);
  memory.fill(dtask, 0, <usize>taskSize << 2);
  memory.fill(dtable, 0, <usize>tableRows * bytes);
  memory.fill(dweight, 0, <usize>numericSize << 2);
  memory.fill(dbias, 0, <usize>numericSize << 2);
  for (let first = 0; first < rows; first += 64) {
    memory.fill(scratch, 0, <usize>(taskSize + 2 * numericSize) << 2);
    const end = min(rows, first + 64);
    for (let r = first; r < end; r++) {
      addScaled(scratch, dy, one, taskSize);
      dy += <usize>taskSize << 2;
      for (let i = 0; i < c; i++) {
        const code = load<u32>(codes);
        if (code < <u32>tableRows) addScaled(dtable + <usize>code * bytes, dy, one, width);
        codes += 4;
        dy += bytes;
      }
      for (let i = 0; i < n; i++) {
        addScaled(weights + <usize>i * bytes, dy, v128.load32_splat(values), width);
        addScaled(biases + <usize>i * bytes, dy, one, width);
        values += 4;
        dy += bytes;
      }
    }
    addScaled(dtask, scratch, one, taskSize);
    addScaled(dweight, weights, one, numericSize);
    addScaled(dbias, biases, one, numericSize);
  }
}
