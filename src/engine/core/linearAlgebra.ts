// Small dense float64 matrices, with only the operations that the generator needs. Row-major.
import type { Rng } from './rng.ts';

export interface Eigen {
  /** Ascending. */
  values: Float64Array;
  /** Row-major [n, n]; column k belongs to values[k]. */
  vectors: Float64Array;
}

/** Eigenvalues and vectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, 8.5). */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += (a[i * n + j] as number) ** 2;
    if (off < 1e-30) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (a[i * n + i] as number) - (a[j * n + j] as number),
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let row = 0; row < n; row++) vectors[row * n + to] = v[row * n + from] as number;
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i] as number), vectors };
}

/** Zeroes a[p][q] by a rotation of rows and columns p and q. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p] as number, a[k * n + q] as number];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k] as number, a[q * n + k] as number];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [v[k * n + p] as number, v[k * n + q] as number];
    v[k * n + p] = c * x - s * y;
    v[k * n + q] = s * x + c * y;
  }
}

/** `rows` orthonormal rows in R^columns: normal vectors, Gram-Schmidt twice for full precision. Row-major. */
export function orthonormalRows(rows: number, columns: number, random: Rng): Float64Array {
  const u = Float64Array.from({ length: rows * columns }, () => random.normal());
  for (let i = 0; i < rows; i++) {
    const row = u.subarray(i * columns, (i + 1) * columns);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = u.subarray(j * columns, (j + 1) * columns);
        const projection = dot(row, other);
        for (let k = 0; k < columns; k++) row[k] = (row[k] as number) - projection * (other[k] as number);
      }
    }
    const norm = Math.sqrt(dot(row, row));
    for (let k = 0; k < columns; k++) row[k] = (row[k] as number) / norm;
  }
  return u;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** a [m, k] x b [k, n] */
export function multiply(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const value = a[i * k + l] as number;
      for (let j = 0; j < n; j++)
        out[i * n + j] = (out[i * n + j] as number) + value * (b[l * n + j] as number);
    }
  }
  return out;
}

/** x [m, k] -> x x^T [m, m] */
export function gram(x: ArrayLike<number>, m: number, k: number): Float64Array {
  return Float64Array.from({ length: m * m }, (_, index) => {
    const [i, j] = [Math.floor(index / m), index % m];
    let sum = 0;
    for (let l = 0; l < k; l++) sum += (x[i * k + l] as number) * (x[j * k + l] as number);
    return sum;
  });
}
