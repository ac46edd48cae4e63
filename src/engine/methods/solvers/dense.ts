// Small dense float64 problems that the gradient methods solve in every step. T is the number of tasks, at most a few dozen.
// Matrices are row-major [T, T]. The solvers know the gradients only through the Gram matrix G = J J^T of the tasks' gradients.
import { symmetricEigen } from '../../core/linearAlgebra.ts';

/** A Gram matrix: float64, or float32 when it comes from a device. */
export type Gram = Float32Array | Float64Array;

/** Twice half a unit in the last place of a float32: the precision of a product of two float32 numbers. */
const FLOAT32_EPSILON = 2 ** -23;

/**
 * Eigenvalues below this share of the largest one are noise, either of float64 arithmetic or of the float32 values in the
 * matrix.
 */
export const rankTolerance = (gram: Gram, n: number): number =>
  gram instanceof Float32Array ? n * FLOAT32_EPSILON : 1e-12;

export const at = (matrix: ArrayLike<number>, n: number, i: number, j: number): number =>
  matrix[i * n + j] as number;

/** @returns matrix [n, n] times vector [n] */
export function times(matrix: ArrayLike<number>, vector: ArrayLike<number>): Float64Array {
  const n = vector.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (matrix[i * n + j] as number) * (vector[j] as number);
    out[i] = sum;
  }
  return out;
}

/** w^T G w, at least 0: the squared length of the sum of the gradients weighted by w. */
export function squaredLength(gram: ArrayLike<number>, weights: ArrayLike<number>): number {
  const product = times(gram, weights);
  return Math.max(
    product.reduce((sum, v, i) => sum + v * (weights[i] as number), 0),
    0,
  );
}

/** The rows and columns of a matrix that are listed in `keep`. */
export function subMatrix(matrix: ArrayLike<number>, n: number, keep: readonly number[]): Float64Array {
  const m = keep.length;
  return Float64Array.from({ length: m * m }, (_, k) =>
    at(matrix, n, keep[Math.floor(k / m)] as number, keep[k % m] as number),
  );
}

/**
 * Solves a x = b by elimination with partial pivoting (Golub and Van Loan, 3.4).
 * @param a - [n, n]
 * @param b - [n]
 * @returns [n], or null where a pivot vanishes
 */
export function solve(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array | null {
  const n = b.length;
  const m = Float64Array.from(a);
  const x = Float64Array.from(b);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(at(m, n, row, column)) > Math.abs(at(m, n, pivot, column))) pivot = row;
    if (!(Math.abs(at(m, n, pivot, column)) > 0)) return null;
    if (pivot !== column) {
      for (let k = 0; k < n; k++)
        [m[column * n + k], m[pivot * n + k]] = [at(m, n, pivot, k), at(m, n, column, k)];
      [x[column], x[pivot]] = [x[pivot] as number, x[column] as number];
    }
    for (let row = column + 1; row < n; row++) {
      const factor = at(m, n, row, column) / at(m, n, column, column);
      if (factor === 0) continue;
      for (let k = column; k < n; k++) m[row * n + k] = at(m, n, row, k) - factor * at(m, n, column, k);
      x[row] = (x[row] as number) - factor * (x[column] as number);
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < n; k++) sum -= at(m, n, row, k) * (x[k] as number);
    x[row] = sum / at(m, n, row, row);
  }
  return x;
}

/**
 * Tested by the pivots of the Cholesky factor, which are the squared sines of the angles to the span of those before: below 1e-14, a
 * gradient counts as dependent on the others.
 * @param matrix - [n, n], with a unit diagonal
 */
export function isPositiveDefinite(matrix: ArrayLike<number>, n: number): boolean {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(matrix, n, i, j);
      for (let k = 0; k < j; k++) sum -= at(l, n, i, k) * at(l, n, j, k);
      if (i === j) {
        if (!(sum > 1e-14)) return false;
        l[i * n + i] = Math.sqrt(sum);
      } else l[i * n + j] = sum / at(l, n, j, j);
    }
  }
  return true;
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, whatever its scale. (`symmetricEigen` stops when what is off the
 * diagonal falls below an absolute size, so the matrix is scaled first.)
 */
export function eigenOf(matrix: ArrayLike<number>, n: number) {
  let largest = 0;
  for (let k = 0; k < n * n; k++) largest = Math.max(largest, Math.abs(matrix[k] as number));
  if (largest === 0) return symmetricEigen(matrix, n);
  const { values, vectors } = symmetricEigen(
    Float64Array.from(matrix, (v) => v / largest),
    n,
  );
  return { values: values.map((v) => v * largest), vectors };
}

/**
 * f(matrix) times vector, computed from the eigenvalues of a symmetric matrix.
 * @param tolerance - eigenvalues up to this share of the largest one are left out, as if they were 0 and f(0) = 0
 */
export function applyToEigenvalues(
  matrix: ArrayLike<number>,
  vector: ArrayLike<number>,
  tolerance: number,
  f: (value: number, kept: readonly number[]) => number,
): Float64Array {
  const n = vector.length;
  const { values, vectors } = eigenOf(matrix, n);
  const kept = Array.from(values).filter((v) => v > tolerance * (values[n - 1] as number));
  const out = new Float64Array(n);
  for (let k = n - kept.length; k < n; k++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += at(vectors, n, i, k) * (vector[i] as number);
    along *= f(values[k] as number, kept);
    for (let i = 0; i < n; i++) out[i] = (out[i] as number) + along * at(vectors, n, i, k);
  }
  return out;
}

/** The pseudo-inverse of a symmetric matrix times a vector. */
export const pseudoSolve = (
  matrix: ArrayLike<number>,
  vector: ArrayLike<number>,
  tolerance: number,
): Float64Array => applyToEigenvalues(matrix, vector, tolerance, (value) => 1 / value);
