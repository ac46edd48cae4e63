// Common parts of the boosted models in this folder: binned table, scratch memory, row and column sampling, and the trainer's
// interface.
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import { type BinnedTable, binDataset } from './bins.ts';
import { HistogramBuilder } from './histogram.ts';
import { type Objective, objectiveOf } from './objectives.ts';
import type { BoosterSettings } from './params.ts';
import { growTree, type Tree } from './tree.ts';

export interface RoundResult {
  /** Mean training loss per task after the round: squared error, or cross-entropy in nats. */
  taskLosses: number[];
  /** L2 norm of the gradients before the round, divided by the square root of the rows; 0 for inactive tasks. */
  gradientNorms: number[];
}

/** A boosted model of all tasks of a dataset, grown round by round. */
export interface BoostedTasks {
  /**
   * One round of boosting for the tasks in `active`.
   * @param between - awaited between trees and between the nodes of a tree. If it rejects, the round is incomplete: load a
   *   saved state before continuing. Do not call `save` during a round.
   */
  round(active: readonly boolean[], between: () => Promise<void>): Promise<RoundResult>;
  /** Raw outputs of all rows: standardised value, logit or class logits. Must not be modified. [rows, outputs] */
  scores(task: number): Float32Array;
  /** Raw outputs of some rows after the first `rounds` rounds. [rows.length, outputs] */
  predict(task: number, rows: Uint32Array, rounds: number): Float32Array;
  /** Number of leaves and splits over all trees. */
  readonly size: number;
  /** Number of finished rounds. */
  readonly rounds: number;
  /** Total gain of the splits on each feature, in units of the summed training loss. [features] */
  featureGain(task: number): Float64Array;
  /** The trees as tensors. Scores are not stored: `load` replays them bit for bit. */
  save(): Record<string, Float32Array>;
  /** Continues from a saved state; dataset, settings and seed must be the same. */
  load(tensors: Record<string, Float32Array>): void;
}

/** Minimum sum of hessians in a leaf (LightGBM and scikit-learn: 1e-3). */
const MIN_CHILD_WEIGHT = 1e-3;

/** The data of one task for boosting. */
export interface TaskData {
  name: string;
  objective: Objective;
  /** [rows of the dataset] */
  target: Float32Array;
  /** Training rows with a finite label. */
  rows: Uint32Array;
  /** Score before the first tree. [outputs] */
  start: Float32Array;
}

export function taskDataOf(dataset: Dataset): TaskData[] {
  return dataset.tasks.map((task, t) => {
    const objective = objectiveOf(task);
    const target = dataset.targets[t]!;
    const rows = dataset.split.train.filter((row) => Number.isFinite(target[row]!));
    return { name: task.name, objective, target, rows, start: objective.initial(target, rows) };
  });
}

/** ceil(share * n) of `items` without replacement, in their order (Knuth 1969, algorithm S). */
export function sampleOf<T extends Uint32Array | number[]>(
  items: T,
  share: number,
  seed: number,
  scope: string,
  index: number,
): T {
  if (share >= 1) return items;
  const { uniform } = rng(seed, scope, index);
  let wanted = Math.max(1, Math.ceil(share * items.length));
  let left = items.length;
  return items.filter(() => {
    if (uniform() * left-- >= wanted) return false;
    wanted--;
    return true;
  }) as T;
}

/** The start scores of `rows` rows. [rows, outputs] */
export function repeated(start: Float32Array, rows: number): Float32Array {
  const scores = new Float32Array(rows * start.length);
  for (let at = 0; at < scores.length; at += start.length) scores.set(start, at);
  return scores;
}

/** `count` zeroed columns over all rows of a table. */
export function columnsOf(count: number, rows: number): Float32Array[] {
  return Array.from({ length: count }, () => new Float32Array(rows));
}

/** Grows the trees of one run. Bins are fitted once, on the training rows. */
export class TreeGrower {
  readonly table: BinnedTable;
  readonly seed: number;
  private readonly settings: BoosterSettings;
  private readonly builder: HistogramBuilder;
  private readonly features: number[];

  constructor(dataset: Dataset, settings: BoosterSettings, seed: number) {
    this.settings = settings;
    this.seed = seed;
    this.table = binDataset(dataset, settings.bins);
    this.builder = new HistogramBuilder(this.table);
    this.features = dataset.features.map((_, f) => f);
  }

  /**
   * Grows one tree per output, all on the same sample of rows.
   * @param scope - names the owner of the trees, for the random stream
   * @param gradients - per output, [table.rows]
   * @param hessians - per output, [table.rows]; empty if 1 everywhere
   * @param add - called with each tree as soon as it is grown
   */
  async grow(
    scope: string,
    round: number,
    rows: Uint32Array,
    gradients: readonly Float32Array[],
    hessians: readonly Float32Array[],
    between: () => Promise<void>,
    add: (tree: Tree, output: number) => void,
  ): Promise<void> {
    const { settings, seed, table, builder, features } = this;
    const { rowSample, columnSample } = settings;
    const sample = sampleOf(rows, rowSample, seed, `trees/rows/${scope}`, round);
    const limits = { ...settings, minChildWeight: MIN_CHILD_WEIGHT };
    for (const [output, gradient] of gradients.entries()) {
      const index = round * gradients.length + output;
      const columns = sampleOf(features, columnSample, seed, `trees/columns/${scope}`, index);
      const hessian = hessians[output] ?? null;
      await between();
      add(await growTree(table, builder, sample, gradient, hessian, columns, limits, between), output);
    }
  }
}
