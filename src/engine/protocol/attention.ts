// Captured attention: maps per block, layer and head, and the request.
import type { HeadPlace } from '../core/attentionPlace.ts';
import type { TokenLabel } from '../core/tokens.ts';

/** The attention of one head. */
export interface AttentionMap extends HeadPlace {
  queries: TokenLabel[];
  keys: TokenLabel[];
  /** Softmax weights, row-major [queries, keys]; mean over the chosen rows for `feature`. */
  weights: Float32Array;
  /** Scaled scores before the mask, same shape. */
  scores: Float32Array;
  /** Weight times the norm of the key's value behind the head's output projection (Kobayashi et al. 2020), same shape. */
  valueWeights: Float32Array;
  /** 1 = blocked, same shape; null if nothing is. */
  blocked: Uint8Array | null;
}

/** Summaries of whole heads, in the order of a capture's maps. */
export interface HeadSummary {
  /**
   * Mean over queries and rows of the entropy of the weights, divided by ln(open keys): 0 = one key, 1 = uniform over open
   * keys.
   */
  entropies: Float32Array;
  /**
   * Between the displayed maps: mean over the queries of the total variation distance, [maps, maps]; NaN for maps of different
   * networks or sizes.
   */
  distances: Float32Array;
}

/** Rows an attention capture shows: positions within the first `ATTENTION_ROWS` validation rows. */
export type RowSelection = { kind: 'mean' } | { kind: 'rows'; rows: number[] };
export const ATTENTION_ROWS = 64;
/** Batch sizes in which attention between rows can be recorded: the first validation rows. */
export const ATTENTION_BATCHES = [64, 256, 1024, 2048] as const;

/** What a capture of attention shows. */
export interface AttentionRequest {
  rows: RowSelection;
  /** Number of rows that pass the network together, one of `ATTENTION_BATCHES`; default `ATTENTION_ROWS`. */
  batch?: number;
  /** A second capture for comparison: the same rows without a mask, or other rows. */
  against?: { kind: 'no-mask' } | { kind: 'rows'; rows: RowSelection };
}

/** Request for the arithmetic of one query of a head, for one row. */
export interface WalkRequest extends HeadPlace {
  /** Position of the row within the first validation rows; attention between rows uses all of them. */
  row: number;
  /** Position of the query token; between rows, of the query row. */
  query: number;
  /** Number of rows of the map, which pass together; it may be fewer than the `AttentionRequest` asked for. */
  batch?: number;
}

/** All values from the vectors to the output of the query, without a mean over rows: L keys, head size hd. */
export interface AttentionWalk {
  place: HeadPlace;
  row: number;
  query: number;
  /** [L] */
  tokens: TokenLabel[];
  /** The table's cell for each token of this row, as text; empty for task tokens and rows. [L] */
  cells: string[];
  headSize: number;
  /** [hd] */
  queryVector: Float32Array;
  /** [L, hd] */
  keys: Float32Array;
  /** [L, hd] */
  values: Float32Array;
  /** Scaled scores before the mask, and softmax weights, as computed by the network. [L] */
  scores: Float32Array;
  weights: Float32Array;
  /** 1 = blocked; null if nothing is. [L] */
  blocked: Uint8Array | null;
  /** The weighted sum of values for the query, before the output projection, as computed by the network. [hd] */
  mixed: Float32Array;
}

/** A feature or label of a capture's rows, for grouping and ordering them. */
export interface RowFact {
  column: string;
  kind: 'feature' | 'label';
  /** One per row of the batch: number, code or class. */
  values: Float32Array;
  /** Positions of rows in one group, among the first `ATTENTION_ROWS`: a category, or a half of the numbers. */
  groups: { label: string; rows: number[] }[];
}
