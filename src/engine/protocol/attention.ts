// Attention as it is captured: maps per block, layer and head, and what was asked for.
import type { HeadPlace } from '../core/attentionPlace.ts';
import type { TokenLabel } from '../core/tokens.ts';

/** What one head attends to. */
export interface AttentionMap extends HeadPlace {
  queries: TokenLabel[];
  keys: TokenLabel[];
  /** Softmax weights, row-major [queries, keys]; mean over the chosen rows for `feature`. */
  weights: Float32Array;
  /** Scaled scores before the mask, same shape. */
  scores: Float32Array;
  /** Weight times the norm of the key's value behind the head's output projection (Kobayashi et al. 2020), same shape. */
  valueWeights: Float32Array;
  /** 1 = blocked, same shape; null when nothing is. */
  blocked: Uint8Array | null;
}

/** What is known of whole heads, in the order of the maps of a capture. */
export interface HeadSummary {
  /** Mean over queries and rows of the entropy of their weights, divided by ln(open keys): 0 = one key, 1 = all open keys alike. */
  entropies: Float32Array;
  /** Between the maps as they are shown: mean over the queries of the total variation distance, [maps, maps]; NaN for maps of different networks or sizes. */
  distances: Float32Array;
}

/** Rows an attention capture shows: positions within the first `ATTENTION_ROWS` validation rows. */
export type RowSelection = { kind: 'mean' } | { kind: 'rows'; rows: number[] };
export const ATTENTION_ROWS = 64;
/** Batches that attention between rows can be recorded in: the first validation rows. */
export const ATTENTION_BATCHES = [64, 256, 1024, 2048] as const;

/** What a capture of attention shows. */
export interface AttentionRequest {
  rows: RowSelection;
  /** Rows that pass the network together, one of `ATTENTION_BATCHES`; `ATTENTION_ROWS` when left out. */
  batch?: number;
  /** Recorded beside it, to compare: the same rows with no mask at all, or other rows. */
  against?: { kind: 'no-mask' } | { kind: 'rows'; rows: RowSelection };
}

/** The arithmetic of one query of a head in one row: what is asked. */
export interface WalkRequest extends HeadPlace {
  /** Position of the row within the first validation rows; attention between rows has all of them. */
  row: number;
  /** Position of the token that reads; between rows, of the row that reads. */
  query: number;
  /** Rows that pass together, as in `AttentionRequest`. */
  batch?: number;
}

/** Everything from the vectors to what the query takes, with no mean over rows: L keys, head size hd. */
export interface AttentionWalk {
  place: HeadPlace;
  row: number;
  query: number;
  /** [L] */
  tokens: TokenLabel[];
  /** What the table has for each token in this row, as it reads; empty for task tokens and rows. [L] */
  cells: string[];
  headSize: number;
  /** [hd] */
  queryVector: Float32Array;
  /** [L, hd] */
  keys: Float32Array;
  /** [L, hd] */
  values: Float32Array;
  /** Scaled scores before the mask, and softmax weights, as the network has them. [L] */
  scores: Float32Array;
  weights: Float32Array;
  /** 1 = blocked; null when nothing is. [L] */
  blocked: Uint8Array | null;
  /** What the query takes from all keys, before the output projection, as the network has it. [hd] */
  mixed: Float32Array;
}

/** Feature or label of the rows of a capture: what they can be grouped and ordered by. */
export interface RowFact {
  column: string;
  kind: 'feature' | 'label';
  /** One per row of the batch: number, code or class. */
  values: Float32Array;
  /** Positions of rows that belong together, among the first `ATTENTION_ROWS`: a category, or a half of the numbers. */
  groups: { label: string; rows: number[] }[];
}
