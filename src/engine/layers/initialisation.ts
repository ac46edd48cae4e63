// The two ways a transformer's weights may start, as one named choice.
import { glorotUniform, type Initialiser, normal, uniform } from './parameterSet.ts';

export interface InitialisationScheme {
  /** Linear weights, [out, in]. */
  linear: Initialiser;
  /** Query, key and value projections packed in `in_proj_weight`. */
  inProjection: Initialiser;
  /** Last projection before a residual sum; `depth` = number of residual sums in the network. */
  residual(depth: number): Initialiser;
  /** Embedding tables and the per-column Linear(1, e). */
  embedding(width: number): { weight: Initialiser; bias: Initialiser };
}

const zero: Initialiser = (values) => {
  values.fill(0);
};

export const initialisations = {
  /** golden/README "Initialisation in the reference": N(0, 0.01), in_proj Xavier uniform, biases 0. */
  'as-released': {
    linear: normal(0.01),
    inProjection: glorotUniform(),
    residual: () => normal(0.01),
    embedding: () => ({ weight: normal(0.01), bias: zero }),
  },
  /**
   * Glorot uniform for projections (Glorot and Bengio 2010), last projections before a residual sum divided by the
   * square root of the number of sums (Radford et al. 2019), tokens uniform in ±1/sqrt(e) (Gorishniy et al. 2021).
   */
  scaled: {
    linear: glorotUniform(),
    inProjection: glorotUniform(),
    residual: (depth) => glorotUniform(1 / Math.sqrt(depth)),
    embedding: (width) => ({ weight: uniform(1 / Math.sqrt(width)), bias: uniform(1 / Math.sqrt(width)) }),
  },
} satisfies Record<string, InitialisationScheme>;

export type InitialisationId = keyof typeof initialisations;
