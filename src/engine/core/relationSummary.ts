// Measures of task relatedness side by side: cheap ones from gradients, and the truths that they might predict. Plain numbers,
// for the page and the command line.
import {
  cosinesOf,
  firstOrderAffinity,
  lookAheadAffinity,
  magnitudeSimilarity,
  offDiagonal,
  pairAffinity,
  rankCorrelation,
} from './relations.ts';

export interface RelationMeasure {
  id: string;
  label: string;
  /** [T, T]; if not symmetric, row i is the source task (its gradient is followed), column j the target task. */
  matrix: Float64Array;
  isSymmetric: boolean;
  /** What it is computed from; default: gradients. */
  of?: 'activations' | 'estimate' | 'training';
}

/** The input of measures: inner products and losses, and losses after steps of single tasks. */
export interface Looked {
  gram: ArrayLike<number>;
  losses: ArrayLike<number>;
  ahead?: { losses: ArrayLike<number>; ahead: ArrayLike<number> } | null;
}

export function measuresOf({ gram, losses, ahead }: Looked): RelationMeasure[] {
  const n = losses.length;
  const tawt = cosinesOf(gram, n).map((v) => Math.exp(v));
  return [
    { id: 'cosine', label: 'Cosine', matrix: cosinesOf(gram, n), isSymmetric: true },
    {
      id: 'magnitude',
      label: 'Magnitude similarity',
      matrix: magnitudeSimilarity(gram, n),
      isSymmetric: true,
    },
    {
      id: 'etap',
      label: 'First-order affinity (ETAP)',
      matrix: firstOrderAffinity(gram, losses),
      isSymmetric: false,
    },
    {
      id: 'tawt',
      label: 'TAWT weight after a step',
      // Row i: how much task i would weigh for target j, from equal weights with rate 1 (Chen et al. 2021).
      matrix: tawt.map((v, k) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += tawt[i * n + (k % n)] as number;
        return v / sum;
      }),
      isSymmetric: false,
    },
    ...(ahead
      ? [
          {
            id: 'look-ahead',
            label: 'Look-ahead affinity (TAG)',
            matrix: lookAheadAffinity(ahead.ahead, ahead.losses),
            isSymmetric: false,
          },
        ]
      : []),
  ];
}

/** Similarities between the tasks' activations, at one look. @param values - [similarities, T, T] */
export const similarityMeasures = (
  similarities: readonly { id: string; label: string }[] | undefined,
  values: Float32Array | undefined,
  n: number,
): RelationMeasure[] =>
  (values ? (similarities ?? []) : []).map(({ id, label }, k) => ({
    id,
    label,
    matrix: Float64Array.from((values as Float32Array).subarray(k * n * n, (k + 1) * n * n)),
    isSymmetric: true,
    of: 'activations' as const,
  }));

/** Training in pairs, estimated. @param losses - see `GradTagReport` */
export const estimatedMeasure = (losses: ArrayLike<number>, n: number): RelationMeasure => ({
  id: 'grad-tag',
  label: 'Estimated training in pairs (Grad-TAG)',
  matrix: pairAffinity(losses, n),
  isSymmetric: false,
  of: 'estimate',
});

/** What a measure might predict: a matrix over pairs, or a number per task. */
export type Truth = { id: string; label: string } & (
  | { pairs: ArrayLike<number>; tasks?: never }
  | { tasks: readonly number[]; pairs?: never }
);

export interface Agreement {
  measure: string;
  truth: string;
  /** Spearman's rank correlation; NaN for fewer than three values, or if one side is constant. */
  rank: number;
  /** Number of values. */
  count: number;
}

/**
 * Rank correlations of every measure with every truth: over pairs of tasks, or over tasks, with the mean over the other tasks.
 */
export function agreements(
  measures: readonly RelationMeasure[],
  truths: readonly Truth[],
  n: number,
): Agreement[] {
  return measures.flatMap(({ id, matrix, isSymmetric }) =>
    truths.map((truth) => {
      const [a, b] = truth.pairs
        ? [
            offDiagonal(matrix, n, isSymmetric),
            offDiagonal(oneWay(truth.pairs, n, isSymmetric), n, isSymmetric),
          ]
        : [received(matrix, n), [...truth.tasks]];
      const known = a.filter((v, i) => Number.isFinite(v) && Number.isFinite(b[i])).length;
      return { measure: id, truth: truth.id, rank: rankCorrelation(a, b), count: known };
    }),
  );
}

/** A symmetric measure ranks pairs, so an asymmetric truth is averaged over both directions. */
const oneWay = (pairs: ArrayLike<number>, n: number, isSymmetric: boolean): ArrayLike<number> =>
  isSymmetric
    ? Array.from(pairs, (v, k) => (v + (pairs[(k % n) * n + Math.floor(k / n)] as number)) / 2)
    : pairs;

/** The mean over the other tasks of their effect on a task, [T]. */
const received = (matrix: ArrayLike<number>, n: number): number[] =>
  Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) if (i !== j) sum += (matrix[i * n + j] as number) / (n - 1);
    return sum;
  });

/** Results of training in groups, [T, T] each; null if not trained. */
export interface TrainedTruths {
  pairs: Float64Array | null;
  leaveOneOut: Float64Array | null;
}

/** The truths: properties of the table's tasks, their gain from sharing, and results of training in groups. */
export function truthsOf(
  relatedness: { requestedCosine: ArrayLike<number> | null; realised: ArrayLike<number> },
  gainPerTask: readonly (number | null)[] | null,
  trained: TrainedTruths | null = null,
): Truth[] {
  return [
    ...(relatedness.requestedCosine
      ? [
          {
            id: 'weight-cosine',
            label: 'Cosine of the weights behind the labels',
            pairs: relatedness.requestedCosine,
          },
        ]
      : []),
    { id: 'label-correlation', label: 'Correlation of the labels', pairs: relatedness.realised },
    ...(gainPerTask
      ? [{ id: 'gain', label: 'Gain per task', tasks: gainPerTask.map((g) => g ?? Number.NaN) }]
      : []),
    ...(trained?.pairs
      ? [{ id: 'pair-gain', label: 'Gain by training as a pair', pairs: trained.pairs }]
      : []),
    ...(trained?.leaveOneOut
      ? [{ id: 'left-out-gain', label: 'Gain lost when left out', pairs: trained.leaveOneOut }]
      : []),
  ];
}

/** Share of the looks in which two tasks' gradients conflicted, [T, T]. @param grams - one [T, T] per look */
export function conflictRate(grams: readonly ArrayLike<number>[], n: number): Float64Array {
  const rate = new Float64Array(n * n);
  for (const gram of grams)
    for (let k = 0; k < n * n; k++)
      if ((gram[k] as number) < 0) rate[k] = (rate[k] as number) + 1 / grams.length;
  return rate;
}
