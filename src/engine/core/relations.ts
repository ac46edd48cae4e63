// Relations between tasks from inner products of their gradients; and agreement of two networks' activations, or of two
// rankings. Plain numbers: the page uses the same functions. Matrices are row-major [T, T]; row i is the task whose gradient is
// followed.

type Numbers = ArrayLike<number>;

const square = (n: number, value: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => value(Math.floor(k / n), k % n));

/** Lengths of the gradients, [T]. */
export const normsOf = (gram: Numbers, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(gram[i * (n + 1)] as number, 0)));

/** Cosines between the gradients; 0 if one of them is 0. */
export function cosinesOf(gram: Numbers, n: number): Float64Array {
  const norms = normsOf(gram, n);
  return square(n, (i, j) => {
    const scale = (norms[i] as number) * (norms[j] as number);
    if (scale === 0) return 0;
    return i === j ? 1 : Math.min(Math.max((gram[i * n + j] as number) / scale, -1), 1);
  });
}

/** 2 |g_i| |g_j| / (|g_i|^2 + |g_j|^2): 1 for equal lengths (Yu et al. 2020, Definition 2); 0 if one of them is 0. */
export function magnitudeSimilarity(gram: Numbers, n: number): Float64Array {
  const norms = normsOf(gram, n);
  return square(n, (i, j) => {
    const [a, b] = [norms[i] as number, norms[j] as number];
    return a * b === 0 ? 0 : (2 * a * b) / (a * a + b * b);
  });
}

/**
 * The first-order affinity of ETAP (Ayman et al. 2026, arXiv 2602.18591): G_ij / L_j, the relative decrease of task j's loss per unit of step along g_i; NaN for a loss of 0.
 */
export const firstOrderAffinity = (gram: Numbers, losses: Numbers): Float64Array =>
  square(losses.length, (i, j) => {
    const loss = losses[j] as number;
    return loss === 0 ? Number.NaN : (gram[i * losses.length + j] as number) / loss;
  });

/** 1 - L_j(theta - lr g_i) / L_j (Fifty et al. 2021, Eq. 1). @param ahead - losses after a step along the gradient of i, [T, T] */
export const lookAheadAffinity = (ahead: Numbers, losses: Numbers): Float64Array =>
  square(losses.length, (i, j) => {
    const loss = losses[j] as number;
    return loss === 0 ? Number.NaN : 1 - (ahead[i * losses.length + j] as number) / loss;
  });

/** 1 - L_j(i, j) / L_j(j): how much less loss task j has when i trains with it. @param losses - column j: of j, trained with i, [T, T] */
export const pairAffinity = (losses: Numbers, n: number): Float64Array =>
  square(n, (i, j) => {
    const alone = losses[j * (n + 1)] as number;
    return alone === 0 ? Number.NaN : 1 - (losses[i * n + j] as number) / alone;
  });

/** How an update d = sum of w_i g_i serves the tasks. */
export interface UpdateShares {
  /** w_i g_i . d / |d|^2: the share of a task's gradient in the update, [T]; they sum to 1. */
  share: Float64Array;
  /** Cosine of the update to each gradient, [T]; if negative, the loss rises to first order. */
  cosine: Float64Array;
}

export function updateShares(gram: Numbers, weights: Numbers): UpdateShares {
  const n = weights.length;
  const along = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (gram[i * n + j] as number) * (weights[j] as number);
    return sum;
  });
  const length = along.reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
  const norms = normsOf(gram, n);
  const ratio = (a: number, b: number) => (b > 0 ? a / b : 0);
  return {
    share: along.map((v, i) => ratio(v * (weights[i] as number), length)),
    cosine: along.map((v, i) => ratio(v, (norms[i] as number) * Math.sqrt(Math.max(length, 0)))),
  };
}

/**
 * Linear CKA of two sets of activations for the same rows: ||Y^T X||_F^2 / (||X^T X||_F ||Y^T Y||_F), columns centred
 * (Kornblith et al. 2019, Eq. 4). NaN if one of them is constant.
 * @param x - [B, a]
 * @param y - [B, b]
 */
export function linearCka(x: Numbers, y: Numbers, rows: number): number {
  const [a, b] = [centredGram(x, rows), centredGram(y, rows)];
  const product = (p: Float64Array, q: Float64Array) =>
    p.reduce((sum, v, k) => sum + v * (q[k] as number), 0);
  const scale = Math.sqrt(product(a, a) * product(b, b));
  return scale > 0 ? product(a, b) / scale : Number.NaN;
}

/** X X^T of centred columns, [B, B]. */
function centredGram(x: Numbers, rows: number): Float64Array {
  const width = x.length / rows;
  const centred = Float64Array.from(x);
  for (let c = 0; c < width; c++) {
    let mean = 0;
    for (let r = 0; r < rows; r++) mean += (x[r * width + c] as number) / rows;
    for (let r = 0; r < rows; r++) centred[r * width + c] = (x[r * width + c] as number) - mean;
  }
  return square(rows, (i, j) => {
    let sum = 0;
    for (let c = 0; c < width; c++)
      sum += (centred[i * width + c] as number) * (centred[j * width + c] as number);
    return sum;
  });
}

/** Ranks from 1 on, the mean of their ranks for equal values. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_v, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let k = from; k < to; k++) ranks[order[k] as number] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks; pairs with a NaN are left out.
 * @returns NaN for fewer than three pairs, or if one side is constant
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const pairs = a.flatMap((value, i) => {
    const other = b[i] as number;
    return Number.isFinite(value) && Number.isFinite(other) ? [[value, other] as const] : [];
  });
  if (pairs.length < 3) return Number.NaN;
  const [x, y] = [ranksOf(pairs.map((p) => p[0])), ranksOf(pairs.map((p) => p[1]))];
  const mean = (pairs.length + 1) / 2;
  const covariance = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, v, i) => sum + (v - mean) * ((q[i] as number) - mean), 0);
  const scale = Math.sqrt(covariance(x, x) * covariance(y, y));
  return scale > 0 ? covariance(x, y) / scale : Number.NaN;
}

/** The off-diagonal entries of a matrix, row by row; for a symmetric one only the upper half. */
export function offDiagonal(matrix: Numbers, n: number, symmetric: boolean): number[] {
  const values: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = symmetric ? i + 1 : 0; j < n; j++) if (i !== j) values.push(matrix[i * n + j] as number);
  return values;
}
