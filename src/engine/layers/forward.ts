// What goes into a forward pass and what can be looked at inside it. Layers and models share these shapes.
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../core/attentionPlace.ts';

/** An expert, as it is named on the page. */
export interface ExpertLabel {
  /** "shared 0", "y1 0". */
  name: string;
  /** Whose expert it is: one task's, a group of tasks', or everybody's. */
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

/** What a layer of experts did. */
export interface ExpertsRecord {
  layer: number;
  experts: readonly ExpertLabel[];
  /** In the order of their weights. */
  gates: readonly { label: string; task: number | null; experts: readonly number[] }[];
  /** [B, sum of the gates' experts] */
  weights: Tensor2D;
  /** [B, experts * H]; zeros in rows that an expert did not get. */
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

/** The operation between the projections of an attention layer, without dropout. */
export interface AttentionKernel {
  /** Queries, keys and values, [G, L, 3D]: what the scores came from. */
  qkv: Tensor3D;
  /** [G, L, 3D] -> [G, L, D], under the same mask; G may be another. */
  run(qkv: Tensor3D): Tensor3D;
  /** What the scores are scaled products of, head by head; left out where a kind of attention has other scores. */
  parts?(): AttentionParts;
}

/** Queries, keys and values of all heads, each [G, H, L, hd]; queries and keys turned where positions are rotary. */
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
  /** L2 norm of what each key adds to the residual stream at weight 1, [G, H, L]: its value behind the head's output projection. */
  valueNorms: Tensor;
  /** The operation that the mask acts in, to be asked again: what it was given; null where a kind of attention has no such operation. */
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
  /** Counter that, with the seed, decides dropout; the number of the optimizer step. */
  step: number;
  capture?: Capture;
  /** Out of training, batch norm takes the statistics of this batch, as in training, and records none: to see how rows depend on each other. */
  batchStatistics?: boolean;
  /** Another mask for attention between features of a block: [L * L] queries x keys for all heads or [heads * L * L], 1 = blocked, or null for none. */
  mask?(block: number): Uint8Array | null;
  /** The outputs of all tasks may come side by side, as one tensor [B, sum of outputs]. */
  packed?: boolean;
  /** Changes the tokens, [B, L, e], before the first layer: to see what a token does. Only models with a `flow` ask. */
  editTokens?(tokens: Tensor3D): Tensor3D;
}
