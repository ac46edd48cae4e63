// Inputs of a forward pass, and what can be captured inside it. Shared by layers and models.
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../core/attentionPlace.ts';

/** An expert as named on the page. */
export interface ExpertLabel {
  /** "shared 0", "y1 0". */
  name: string;
  /** Whose expert it is: of one task, a group of tasks, or all. */
  owner: 'task' | 'group' | 'shared';
  /** The tasks it is meant for, as indices. */
  tasks: number[];
}

export interface Batch {
  /** [B, number of categorical features], int32 codes. */
  categorical: Tensor2D;
  /** [B, number of numeric features], standardised. */
  numeric: Tensor2D;
}

/** What a layer of experts computed. */
export interface ExpertsRecord {
  layer: number;
  experts: readonly ExpertLabel[];
  /** In the order of their weights. */
  gates: readonly { label: string; task: number | null; experts: readonly number[] }[];
  /** [B, sum of the gates' experts] */
  weights: Tensor2D;
  /** [B, experts * H]; zeros for rows that an expert did not get. */
  outputs: Tensor2D;
  /** Whether a gate keeps only some of its experts per row; the others have a weight of exactly 0. */
  isSparse: boolean;
}

/** What the towers of all tasks read and made of it, task by task. */
export interface TowersRecord {
  /** [B, T * inputs]; null where all towers read the same. */
  inputs: Tensor2D | null;
  /** Of their last hidden layer, [B, T * width]; null where a tower is one Linear. */
  hidden: Tensor2D | null;
}

/** The attention operation between the projections, without dropout. */
export interface AttentionKernel {
  /** Queries, keys and values, [G, L, 3D], from which the scores were computed. */
  qkv: Tensor3D;
  /** [G, L, 3D] -> [G, L, D] under the same mask; G may differ. */
  run(qkv: Tensor3D): Tensor3D;
  /** The factors of the scores, per head; absent if a kind of attention has other scores. */
  parts?(): AttentionParts;
}

/** Queries, keys and values of all heads, each [G, H, L, hd]; queries and keys rotated if positions are rotary. */
export interface AttentionParts {
  queries: Tensor4D;
  keys: Tensor4D;
  values: Tensor4D;
}

/** What an attention layer computed. */
export interface AttentionRecord {
  place: LayerPlace;
  /** Scaled scores before the mask, [G, H, L, L] (G = rows for feature attention, 1 for row attention). */
  scores: Tensor;
  /** Softmax weights, same shape. */
  weights: Tensor;
  /** [L*L] for all heads or [H*L*L], 1 = blocked, or null. */
  blocked: Uint8Array | null;
  /**
   * L2 norm of each key's contribution to the residual stream at weight 1, [G, H, L]: its value after the head's output
   * projection.
   */
  valueNorms: Tensor;
  /** The operation that the mask acts in, to be run again; null if a kind of attention has none. */
  kernel: AttentionKernel | null;
}

/** Collects what a forward pass computed inside attention, experts and towers. */
export interface Capture {
  attention?(record: AttentionRecord): void;
  experts?(record: ExpertsRecord): void;
  towers?(record: TowersRecord): void;
}

export interface ForwardOptions {
  training: boolean;
  /** Step number of the optimizer; determines dropout together with the seed. */
  step: number;
  capture?: Capture;
  /**
   * In evaluation, batch norm uses the statistics of this batch, as in training, without recording them: shows how rows depend
   * on each other.
   */
  batchStatistics?: boolean;
  /**
   * Another mask for attention between features of a block: [L * L] queries x keys for all heads or [heads * L * L], 1 =
   * blocked; null for none.
   */
  mask?(block: number): Uint8Array | null;
  /** Allows the outputs of all tasks as one tensor [B, sum of outputs]. */
  packed?: boolean;
  /**
   * Changes the tokens, [B, L, e], before the first layer, to measure their influence. Called only by models with a `flow`.
   */
  editTokens?(tokens: Tensor3D): Tensor3D;
}
