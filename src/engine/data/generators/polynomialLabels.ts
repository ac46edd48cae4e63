// The mathematics of MultiTab-Bench (Sinodinos et al. 2025): weight vectors with a requested Gram matrix, polynomial labels,
// and their moments in closed form. Pure functions in float64, checked against the golden generator cases.
import { multiply, symmetricEigen } from '../../core/linearAlgebra.ts';

/** [T, T] with ones on the diagonal and `rho` elsewhere. */
export function constantGram(numTasks: number, rho: number): Float64Array {
  return Float64Array.from({ length: numTasks * numTasks }, (_, k) =>
    Math.floor(k / numTasks) === k % numTasks ? 1 : rho,
  );
}

/**
 * W = Q L^(1/2) U with P = Q L Q^T, so that W W^T = P.
 * @param gramMatrix - [T, T], positive semi-definite
 * @param orthonormal - [T, D], orthonormal rows
 * @returns [T, D]; not unique, since eigenvectors are not
 */
export function weightVectors(
  gramMatrix: ArrayLike<number>,
  orthonormal: ArrayLike<number>,
  numTasks: number,
  numFeatures: number,
): Float64Array {
  const { values, vectors } = symmetricEigen(gramMatrix, numTasks);
  const root = Float64Array.from(
    vectors,
    (v, k) => v * Math.sqrt(Math.max(0, values[k % numTasks] as number)),
  );
  return multiply(root, orthonormal, numTasks, numTasks, numFeatures);
}

/** s + s^2 + ... + s^degree */
export function polynomial(s: number, degree: number): number {
  let value = 0;
  for (let k = 0; k < degree; k++) value = (value + 1) * s;
  return value;
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/**
 * Coefficients of the label polynomial in probabilists' Hermite polynomials He_0..He_degree, from
 * s^k = sum_m k! / (2^m m! (k - 2m)!) He_(k-2m).
 */
export function hermiteCoefficients(degree: number): Float64Array {
  const a = new Float64Array(degree + 1);
  for (let k = 1; k <= degree; k++) {
    for (let m = 0; 2 * m <= k; m++) {
      const j = k - 2 * m;
      a[j] = (a[j] as number) + factorial(k) / (2 ** m * factorial(m) * factorial(j));
    }
  }
  return a;
}

/** Mean of a label: the coefficient of He_0. */
export const labelMean = (degree: number): number => hermiteCoefficients(degree)[0] as number;

/**
 * Covariance of two noise-free labels whose linear terms are standard normal with correlation `rho`:
 * sum_k a_k b_k k! rho^k over k >= 1 (Mehler's formula).
 */
export function labelCovariance(degreeA: number, degreeB: number, rho: number): number {
  const [a, b] = [hermiteCoefficients(degreeA), hermiteCoefficients(degreeB)];
  let sum = 0;
  for (let k = 1; k < Math.min(a.length, b.length); k++) {
    sum += (a[k] as number) * (b[k] as number) * factorial(k) * rho ** k;
  }
  return sum;
}

/** Correlation matrix of the labels; noise adds its variance to the diagonal of the covariance. [T, T] */
export function labelCorrelations(
  gramMatrix: ArrayLike<number>,
  degrees: readonly number[],
  noise: readonly number[],
): Float64Array {
  const n = degrees.length;
  const sd = degrees.map((d, i) => Math.sqrt(labelCovariance(d, d, 1) + (noise[i] ?? 0) ** 2));
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    if (i === j) return 1;
    const covariance = labelCovariance(degrees[i] as number, degrees[j] as number, gramMatrix[k] as number);
    return covariance / ((sd[i] as number) * (sd[j] as number));
  });
}
