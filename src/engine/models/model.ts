// The interface of an architecture. A model is a set of named variables and a forward pass; it is independent of losses,
// optimizers and the page.

import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { ModelEntry } from '../config/catalog.ts';
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import type { Parameter } from '../layers/parameter.ts';
import type { BoostedTasks } from '../trees/grower.ts';

/** The shape of the data that a model is built for. */
export interface ModelShape {
  features: readonly FeatureMeta[];
  tasks: readonly TaskMeta[];
}

export interface ModelContext extends ModelShape {
  params: Params;
  /** Seed of the initial values and of dropout. */
  seed: number;
  /** Pearson correlation of the labels on the training rows, [T, T]; null if not yet known. */
  labelCorrelation?: Float64Array | null;
  /** Build without values, for counting parameters: `forward` must not be called. */
  countOnly?: boolean;
}

/** A layer in which tokens are mixed. */
export type FlowLayer =
  /** Tokens of one row attend to each other; [L * L] queries x keys for all heads or [heads * L * L], 1 = blocked, or null. */
  | { block: number; kind: 'feature'; blocked: Uint8Array | null }
  /** All tokens of a row are mixed; those of all rows in the batch too, if `acrossRows`. */
  | { block: number; kind: 'row'; acrossRows: boolean };

/** Possible paths of information from the embedding to the outputs. Every token also keeps its own content. */
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
  /** Constants that are never trained (rotary frequencies). */
  readonly frozen: ReadonlyMap<string, Float32Array>;
  /** @returns raw outputs per task, [B, outputs] each; see `packed` */
  forward(batch: Batch, options: ForwardOptions): Tensor2D[];
  /** Paths of information, in models whose tasks share tokens. */
  readonly flow?: TokenFlow;
  /** Floating-point operations (two per multiply-add) of one forward pass per row, for a batch of `batchSize` rows. */
  flopsPerRow(batchSize: number): number;
  dispose(): void;
}

export interface ModelRules extends ModelEntry {
  /**
   * Issues of rules that span settings and data; paths start with `model.params.` (or `baseline.params.`, given as prefix).
   */
  check(params: Params, shape: ModelShape, prefix: string): Issue[];
}

/** Trained by gradient steps on batches. */
export interface GradientModelDef extends ModelRules {
  /** The tokens of a row and the numbers of blocks and heads that masks apply to; absent for models without masks. */
  masking?(params: Params, shape: ModelShape): { tokens: TokenLabel[]; blocks: number; heads: number };
  /** The settings of the same network for some of the tasks only, for settings that depend on which tasks there are. */
  paramsOfTasks?(params: Params, shape: ModelShape, tasks: readonly number[]): Params;
  /** Groups of tasks that the settings train in separate networks; null if all tasks share one. */
  groupsOf?(params: Params, numTasks: number): number[][] | null;
  /** Call only if `check` returned no issues. */
  build(context: ModelContext): Model;
}

/** Grown tree by tree on the whole training split. */
export interface BoostedModelDef extends ModelRules {
  /** Maximum number of rounds. */
  rounds(params: Params): number;
  /**
   * For models with several kinds of rounds: per kind the number of rounds, and settings whose first round is of that kind. For
   * measurements.
   */
  phases?(params: Params): { rounds: number; params: Params }[];
  /** Call only if `check` returned no issues. */
  boost(dataset: Dataset, params: Params, seed: number): BoostedTasks;
}

export type ModelDef = GradientModelDef | BoostedModelDef;

export const isBoosted = (def: ModelDef): def is BoostedModelDef => 'boost' in def;
