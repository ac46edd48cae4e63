// The interface of an architecture. A model is a set of named variables and a forward pass; it knows nothing of
// losses, optimizers or the page.

import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { ModelEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import type { Parameter } from '../layers/parameter.ts';
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

/** A layer in which tokens meet. */
export type FlowLayer =
  /** Tokens of one row read each other; [L * L] queries x keys for all heads or [heads * L * L], 1 = may not, or null. */
  | { block: number; kind: 'feature'; blocked: Uint8Array | null }
  /** Everything of a row meets, and the rows of a batch too, where `acrossRows`. */
  | { block: number; kind: 'row'; acrossRows: boolean };

/** Where information can go between the embedding and the outputs. Every token also keeps what it has. */
export interface TokenFlow {
  numTokens: number;
  /** Heads of attention between features. */
  heads: number;
  layers: readonly FlowLayer[];
  /** The token that each task's tower reads. */
  outputTokens: readonly number[];
}

export interface Model {
  readonly parameters: readonly Parameter[];
  /** State that is not trained: batch norm's running statistics, under their `state_dict` names. */
  readonly buffers: readonly Parameter[];
  /** Never trained (rotary frequencies). */
  readonly frozen: ReadonlyMap<string, Float32Array>;
  /** @returns raw outputs per task, [B, outputs] each; see `packed` */
  forward(batch: Batch, options: ForwardOptions): Tensor2D[];
  /** Where information can go, in models whose tasks share tokens. */
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
  /** The settings of the same network for some of the tasks alone, where which tasks there are is part of them. */
  paramsOfTasks?(params: Params, shape: ModelShape, tasks: readonly number[]): Params;
  /** Groups of tasks that the settings train in networks of their own; null where all tasks share one. */
  groupsOf?(params: Params, numTasks: number): number[][] | null;
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
