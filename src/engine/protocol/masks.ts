// Mask tests: assertions on the live model, possible and measured influence, and the model under another mask.

import type { TokenLabel } from '../core/tokens.ts';
import type { AttentionMap } from './attention.ts';
import type { GainReport } from './gain.ts';
import type { TaskScore } from './result.ts';

/** A statement about the live model and the number it rests on. */
export interface Assertion {
  id: string;
  text: string;
  passed: boolean;
  value: number;
  limit: number;
  /** Meaning of the number. */
  detail: string;
}

/** Possible influence by masks and layers, and measured influence. */
export interface MaskTestReport {
  /** Number of validation rows used. */
  rows: number;
  /** The tokens. */
  sources: TokenLabel[];
  tasks: string[];
  /** Fewest hops from a token to a task's output, [tasks * tokens]; 0 = read itself, -1 = no path. */
  hops: number[];
  /** A shortest path in words, [tasks * tokens]. */
  paths: string[];
  /**
   * Mean absolute change of a task's outputs (standardised value or logit) when the token moves by its own size, [tasks *
   * tokens].
   */
  influence: Float32Array;
  /** The same for the outputs of other rows when all tokens of one row move, [tasks]. */
  otherRows: Float32Array;
  /** The same when one token of that row moves, [tasks * tokens]. */
  otherRowsByToken: Float32Array;
  /**
   * Standard deviation of the first validation row's outputs over batches with random companions, [tasks]; for several outputs
   * the largest.
   */
  companions: { batches: number; spread: Float32Array };
  rowsCanMix: boolean;
  assertions: Assertion[];
}

/** The trained model under another mask, without training: the same validation rows, before and after. */
export interface WhatIfReport {
  /** The mask as text, see `masks/custom.ts`. */
  text: string;
  before: TaskScore[];
  after: TaskScore[];
  /** Gain over the baseline on the same rows; null without a baseline. */
  gainBefore: GainReport | null;
  gainAfter: GainReport | null;
  /** Mean absolute change of each task's outputs (standardised value or logit). */
  outputChange: number[];
  /** Means over the first validation rows, map by map. */
  attention: { rows: number; before: AttentionMap[]; after: AttentionMap[] };
}
