// The interface of an architecture. A model is a set of named variables and a forward pass; it knows nothing of
// losses, optimizers or the page.
import type { Tensor, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { ModelEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import type { TokenLabel } from '../protocol/attention.ts';
import type { ExpertLabel } from '../protocol/experts.ts';
import type { BoostedTasks } from '../trees/grower.ts';

/** What a model must know about the data to be built. */
export interface ModelShape {
  features: readonly FeatureMeta[];
  tasks: readonly TaskMeta[];
}

export interface ModelContext extends ModelShape {
  params: Params;
  /** Seed of the initial values and of dropout. */
  seed: number;
  /** Pearson correlation of the labels on the training rows, [T, T]; null where it is not known yet. */
  labelCorrelation?: Float64Array | null;
  /** Build without values, to count parameters: `forward` must not be called. */
  countOnly?: boolean;
}

export interface Batch {
  /** [B, number of categorical features], int32 codes. */
  categorical: Tensor2D;
  /** [B, number of numeric features], standardised. */
  numeric: Tensor2D;
}

/** What a layer of experts did: see protocol/experts.ts for the meaning of labels. */
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

/** What an attention layer computed. */
export interface AttentionRecord {
  /** `block0/feature`, or `y1/block0/feature` where every task has a network of its own. */
  key: string;
  /** Scaled scores before the mask, [G, H, L, L] (G = rows for feature attention, 1 for row attention). */
  scores: Tensor;
  /** Softmax weights, same shape. */
  weights: Tensor;
  /** [L*L] for all heads or [H*L*L], 1 = blocked, or null. */
  blocked: Uint8Array | null;
  /** L2 norm of what each key adds to the residual stream at weight 1, [G, H, L]: its value behind the head's output projection. */
  valueNorms: Tensor;
  /** Queries, keys and values, [G, L, 3D]: what the scores came from. */
  qkv: Tensor3D;
}

/** Collects what a forward pass computed inside attention and experts. */
export interface Capture {
  attention?(record: AttentionRecord): void;
  experts?(record: ExpertsRecord): void;
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

/** A layer in which tokens meet. */
export type FlowLayer =
  /** Tokens of one row read each other; [L * L] queries x keys for all heads or [heads * L * L], 1 = may not, or null. */
  | { block: number; kind: 'feature'; blocked: Uint8Array | null }
  /** Everything of a row meets, and the rows of a batch too, where `acrossRows`. */
  | { block: number; kind: 'row'; acrossRows: boolean };

/** Where information can go between the embedding and the outputs. Every token also keeps what it has. */
export interface TokenFlow {
  numTokens: number;
  /** Of attention between features. */
  heads: number;
  layers: readonly FlowLayer[];
  /** The token that each task's tower reads. */
  outputTokens: readonly number[];
}

/**
 * A variable of a model. Small tensors of the same kind are packed into one variable by rows (all numeric embeddings
 * in one [n, e]), which keeps the number of launches per step low; `parts` says which stretch is which tensor of
 * the public code's `state_dict` (Linear weights are [out, in]).
 */
export interface Parameter {
  name: string;
  variable: Variable;
  parts: readonly ParameterPart[];
}

export interface ParameterPart {
  /** Name in the `state_dict` of the public code. */
  name: string;
  /** Shape in the `state_dict`. */
  shape: readonly number[];
  /** First element within the variable, row-major; parts are contiguous. */
  start: number;
  size: number;
  /**
   * Task that alone trains it (single-task networks, towers, gates that feed a tower), or null when tasks share it. Gradient
   * methods act on what is shared.
   */
  task: number | null;
}

export interface Model {
  readonly parameters: readonly Parameter[];
  /** State that is not trained: batch norm's running statistics, under their `state_dict` names. */
  readonly buffers: readonly Parameter[];
  /** Never trained (rotary frequencies). */
  readonly frozen: ReadonlyMap<string, Float32Array>;
  /** @returns raw outputs per task, [B, outputs] each; see `packed` */
  forward(batch: Batch, options: ForwardOptions): Tensor2D[];
  /** Of models whose tasks share tokens. */
  readonly flow?: TokenFlow;
  /** Multiply-adds x 2 of one forward pass per row, for a batch of `batchSize` rows. */
  flopsPerRow(batchSize: number): number;
  dispose(): void;
}

export interface ModelRules extends ModelEntry {
  /** Rules that span settings and data; paths start with `model.params.` (or `baseline.params.`, given as prefix). */
  check(params: Params, shape: ModelShape, prefix: string): Issue[];
}

/** Trained by gradient steps on batches. */
export interface GradientModelDef extends ModelRules {
  /** What masks act on, where they do: the tokens of a row, in so many blocks and heads. */
  masking?(params: Params, shape: ModelShape): { tokens: TokenLabel[]; blocks: number; heads: number };
  /** The settings of the same network for one of the tasks alone, where the number of tasks is part of them. */
  paramsOfTask?(params: Params, shape: ModelShape, task: number): Params;
  /** Call only when `check` is empty. */
  build(context: ModelContext): Model;
}

/** Grown tree by tree on the whole training split. */
export interface BoostedModelDef extends ModelRules {
  /** Rounds at most. */
  rounds(params: Params): number;
  /** Where rounds come in kinds: for each its number, and settings whose first round is of that kind. For measuring. */
  phases?(params: Params): { rounds: number; params: Params }[];
  /** Call only when `check` is empty. */
  boost(dataset: Dataset, params: Params, seed: number): BoostedTasks;
}

export type ModelDef = GradientModelDef | BoostedModelDef;

export const isBoosted = (def: ModelDef): def is BoostedModelDef => 'boost' in def;
