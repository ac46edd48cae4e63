// MultiTab-Bench against golden/generator.json: weights, labels, moments in closed form, and impossible requests. Weight
// vectors are not unique (eigenvectors are not), so ours are compared by Gram matrix and row space.
import { defaultsOf } from '../config/params.ts';
import { gram, multiply, symmetricEigen } from '../core/linearAlgebra.ts';
import { multitabBench } from '../data/generators/multitabBench.ts';
import {
  constantGram,
  labelCorrelations,
  labelCovariance,
  labelMean,
  polynomial,
  weightVectors,
} from '../data/generators/polynomialLabels.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import { compareFact, compareValue, flatten } from './checkValue.ts';

/** Stored matrices are float32 results of float32 arithmetic. */
const FLOAT32 = 2e-5;

interface GeneratorCase {
  case: string;
  T: number;
  D: number;
  p?: number;
  polynomial_degrees: number[];
  noise_levels?: number[];
  num_samples: number;
  U: GoldenTensor;
  P: GoldenTensor;
  eigenvalues: GoldenTensor;
  eigenvectors: GoldenTensor;
  W: GoldenTensor;
  X: GoldenTensor;
  Y: GoldenTensor;
  linear_terms: GoldenTensor;
  facts: {
    max_abs_UUt_minus_I: number;
    gram_W: GoldenTensor;
    row_norms_W: GoldenTensor;
    pairwise_cosine_W: number[];
    max_abs_cosine_minus_p?: number;
  };
}

interface Population {
  T: number;
  p: number;
  polynomial_degrees: number[];
  noise_levels?: number[];
  label_mean: number[];
  label_variance_without_noise: number[];
  label_correlation: number[][];
  linear_term_mean: number;
  linear_term_variance: number;
  linear_term_correlation: number;
}

interface Unchecked {
  T: number;
  D: number;
  p: number;
  min_eigenvalue_P: number;
  row_norms_squared: number[];
  pairwise_cosine_min: number;
  pairwise_cosine_max: number;
}

export interface GeneratorFile {
  cases: GeneratorCase[];
  population?: Population[];
  without_check?: Unchecked[];
}

export function checkGenerator(file: GeneratorFile): GoldenCheck[] {
  return [
    ...file.cases.flatMap((c) => [...checkWeights(c), ...checkFacts(c), ...checkLabels(c)]),
    ...(file.population ?? []).flatMap(checkPopulation),
    ...(file.without_check ?? []).flatMap(checkImpossible),
  ];
}

const transpose = (x: ArrayLike<number>, m: number, n: number) =>
  Float64Array.from({ length: m * n }, (_, k) => x[(k % m) * n + Math.floor(k / m)] as number);

/** Cosines of rows i < j, row by row. */
function pairwiseCosines(gramMatrix: ArrayLike<number>, n: number): number[] {
  const cosines: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const norms = Math.sqrt((gramMatrix[i * n + i] as number) * (gramMatrix[j * n + j] as number));
      cosines.push((gramMatrix[i * n + j] as number) / norms);
    }
  }
  return cosines;
}

/** The issues that the workbench reports for T tasks, D features and cosine p. */
function refusals(numTasks: number, numFeatures: number, rho: number) {
  const data = { ...defaultsOf(multitabBench.dataParams), features: numFeatures };
  const tasks = { ...defaultsOf(multitabBench.taskParams), count: numTasks, rho };
  return multitabBench.check({ data, tasks });
}

function checkWeights({
  case: name,
  T,
  D,
  p,
  U,
  P,
  W,
  eigenvalues,
  eigenvectors,
}: GeneratorCase): GoldenCheck[] {
  const ours = weightVectors(P.data, U.data, T, D);
  const roots = Float64Array.from(
    eigenvectors.data,
    (v, k) => v * Math.sqrt(Math.max(0, eigenvalues.data[k % T] as number)),
  );
  const projected = multiply(multiply(ours, transpose(U.data, T, D), T, D, T), U.data, T, T, D);
  const checks = [
    compare(
      `${name} eigenvalues`,
      symmetricEigen(P.data, T).values,
      eigenvalues.data.toSorted((a, b) => a - b),
      FLOAT32 * Math.max(1, maxAbs(eigenvalues.data)),
    ),
    compare(`${name} W W^T = P`, gram(ours, T, D), P.data, FLOAT32),
    compare(`${name} W in the row space of U`, projected, ours, FLOAT32),
    compare(`${name} W from the stored eigenvectors`, multiply(roots, U.data, T, T, D), W.data, FLOAT32),
  ];
  if (p === undefined) return checks;
  const issues = refusals(T, D, p);
  return [
    ...checks,
    compare(`${name} P`, constantGram(T, p), P.data, FLOAT32),
    compareFact(`${name} accepted`, issues.length === 0, issues.map((i) => `${i.path}: ${i.got}`).join('; ')),
  ];
}

function checkFacts({ case: name, T, D, p, U, W, facts }: GeneratorCase): GoldenCheck[] {
  const gramW = gram(W.data, T, D);
  const cosines = pairwiseCosines(gramW, T);
  const norms = Float64Array.from({ length: T }, (_, i) => Math.sqrt(gramW[i * T + i] as number));
  const deviation = (x: ArrayLike<number>, wanted: ArrayLike<number>) =>
    maxAbs(Array.from(x, (v, k) => v - (wanted[k] as number)));
  const checks = [
    compare(`${name} Gram matrix of W`, gramW, facts.gram_W.data, FLOAT32),
    compare(`${name} row norms of W`, norms, facts.row_norms_W.data, FLOAT32),
    compare(`${name} cosines of W`, cosines, facts.pairwise_cosine_W, FLOAT32),
    compareValue(
      `${name} U U^T - I`,
      deviation(gram(U.data, T, D), constantGram(T, 0)),
      facts.max_abs_UUt_minus_I,
      FLOAT32,
    ),
  ];
  if (p === undefined || facts.max_abs_cosine_minus_p === undefined) return checks;
  const fromP = maxAbs(cosines.map((c) => c - p));
  return [...checks, compareValue(`${name} cosines - p`, fromP, facts.max_abs_cosine_minus_p, FLOAT32)];
}

/** Labels are noise-free sums of powers; a task with noise is left out, because its noise is not stored. */
function checkLabels({ case: name, T, D, num_samples, W, X, Y, ...c }: GeneratorCase): GoldenCheck[] {
  const linear = multiply(X.data, transpose(W.data, T, D), num_samples, D, T);
  const noisy = new Set(Y.data.flatMap((_, k) => ((c.noise_levels?.[k % T] ?? 0) === 0 ? [] : [k])));
  const labels = linear.map((s, k) => polynomial(s, c.polynomial_degrees[k % T] as number));
  return [
    compare(`${name} linear terms`, linear, c.linear_terms.data, FLOAT32 * maxAbs(c.linear_terms.data)),
    compare(`${name} labels`, labels, Y.data, FLOAT32 * maxAbs(Y.data), noisy),
  ];
}

function checkPopulation(population: Population): GoldenCheck[] {
  const { T, p, polynomial_degrees: degrees } = population;
  const noise = population.noise_levels ?? degrees.map(() => 0);
  const name = `population T=${T} p=${p} degrees ${degrees}`;
  const means = degrees.map(labelMean);
  const variances = degrees.map((d) => labelCovariance(d, d, 1));
  const linear = labelCorrelations(constantGram(2, p), [1, 1], [0, 0])[1] as number;
  const list = (quantity: string, got: ArrayLike<number>, expected: readonly number[]) =>
    compare(`${name} ${quantity}`, got, expected, 1e-8 * Math.max(1, maxAbs(expected)));
  return [
    list('label means', means, population.label_mean),
    list('label variances', variances, population.label_variance_without_noise),
    list(
      'label correlations',
      labelCorrelations(constantGram(T, p), degrees, noise),
      flatten(population.label_correlation),
    ),
    compareValue(`${name} mean of the linear term`, labelMean(1), population.linear_term_mean),
    compareValue(
      `${name} variance of the linear term`,
      labelCovariance(1, 1, 1),
      population.linear_term_variance,
    ),
    compareValue(`${name} correlation of linear terms`, linear, population.linear_term_correlation),
  ];
}

/** The reference accepts these and returns other cosines than requested; the workbench must refuse them. */
function checkImpossible({ T, D, p, min_eigenvalue_P, ...stated }: Unchecked): GoldenCheck[] {
  const name = `unchecked T=${T} D=${D} p=${p}`;
  const tooFewFeatures = T > D;
  const smallest = symmetricEigen(constantGram(T, p), T).values[0] as number;
  const impossible = tooFewFeatures || smallest < -FLOAT32;
  const issues = refusals(T, D, p);
  const paths = issues.map((i) => i.path);
  const checks = [
    compareValue(`${name} smallest eigenvalue`, smallest, min_eigenvalue_P, FLOAT32),
    compareFact(
      `${name} ${impossible ? 'refused' : 'accepted'}`,
      impossible === issues.length > 0,
      paths.join(', ') || 'accepted',
    ),
  ];
  if (tooFewFeatures) {
    return [
      ...checks,
      compareFact(`${name} refused for its features`, paths.includes('data.params.features'), `${paths}`),
    ];
  }
  if (!impossible) return checks;
  // The clamped weights of the reference, from any orthonormal rows: the result without our refusal.
  const clamped = gram(weightVectors(constantGram(T, p), constantGram(D, 0).slice(0, T * D), T, D), T, D);
  const cosines = pairwiseCosines(clamped, T);
  const squares = Float64Array.from({ length: T }, (_, i) => clamped[i * T + i] as number);
  const bound = (-1 / (T - 1)).toFixed(4);
  return [
    ...checks,
    compareFact(
      `${name} refused with the bound ${bound}`,
      issues.some((i) => i.expected.includes(bound)),
      `${paths}`,
    ),
    compare(`${name} clamped row norms squared`, squares, stated.row_norms_squared, FLOAT32),
    compareValue(`${name} clamped cosine, least`, Math.min(...cosines), stated.pairwise_cosine_min, FLOAT32),
    compareValue(
      `${name} clamped cosine, largest`,
      Math.max(...cosines),
      stated.pairwise_cosine_max,
      FLOAT32,
    ),
  ];
}
