// Gradient boosting with one ensemble per task, all tasks behind one class so that a trainer can drive it round by
// round like the steps of a network. Trees know nothing of each other's tasks: the single-task baseline in trees.
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import { type BinnedTable, binDataset } from './bins.ts';
import { Ensemble, tensorOf } from './ensemble.ts';
import { HistogramBuilder } from './histogram.ts';
import { type Objective, objectiveOf } from './objectives.ts';
import { addTree, growTree, type TreeSettings } from './tree.ts';

export interface BoosterSettings {
  /** Trees per task and output. Kept by the caller: `round` may be called as often as wanted. */
  rounds: number;
  learningRate: number;
  maxLeaves: number;
  maxDepth: number;
  minRowsPerLeaf: number;
  l2: number;
  /** Bins per feature, 2 to 255, besides the one for missing values. */
  bins: number;
  /** Share of the training rows, and of the features, that a tree sees. */
  rowSample: number;
  columnSample: number;
}

export interface RoundResult {
  /** Mean training loss per task after the round. */
  taskLosses: number[];
  /** L2 norm of the gradients before the round, over the square root of the rows; 0 for tasks that sat out. */
  gradientNorms: number[];
}

/** Least sum of hessians in a leaf (LightGBM and scikit-learn: 1e-3). */
const MIN_CHILD_WEIGHT = 1e-3;

export function treeSettings(settings: BoosterSettings): TreeSettings {
  const { learningRate, maxLeaves, maxDepth, minRowsPerLeaf, l2 } = settings;
  return { learningRate, maxLeaves, maxDepth, minRowsPerLeaf, l2, minChildWeight: MIN_CHILD_WEIGHT };
}

/** Training rows with a target; labels that are not finite are left out. */
export function labelledRows(train: Uint32Array, target: Float32Array): Uint32Array {
  return train.filter((row) => Number.isFinite(target[row]!));
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

interface Booster {
  name: string;
  objective: Objective;
  target: Float32Array;
  rows: Uint32Array;
  start: Float32Array;
  ensemble: Ensemble;
  scores: Float32Array;
  loss: number;
}

export class TaskBoosters {
  private readonly settings: BoosterSettings;
  private readonly seed: number;
  private readonly table: BinnedTable;
  private readonly builder: HistogramBuilder;
  private readonly features: number[];
  private readonly boosters: Booster[];
  private rounds = 0;

  /** Bins are fitted once on the training rows and shared by all tasks. */
  constructor(dataset: Dataset, settings: BoosterSettings, seed: number) {
    this.settings = settings;
    this.seed = seed;
    this.table = binDataset(dataset, settings.bins);
    this.builder = new HistogramBuilder(this.table);
    this.features = dataset.features.map((_, f) => f);
    this.boosters = dataset.tasks.map((task, t) => {
      const objective = objectiveOf(task);
      const target = dataset.targets[t]!;
      const rows = labelledRows(dataset.split.train, target);
      const start = objective.initial(target, rows);
      const scores = repeated(start, dataset.rows);
      const loss = objective.loss(scores, target, rows);
      const ensemble = new Ensemble(objective.outputs);
      return { name: task.name, objective, target, rows, start, ensemble, scores, loss };
    });
  }

  /**
   * Adds one tree per output to every task in `active`.
   * @param between - awaited between trees and between the nodes of a tree. When it rejects, the round is half done:
   * load a saved state before going on. Do not call `save` while a round is under way.
   */
  async round(active: readonly boolean[], between: () => Promise<void>): Promise<RoundResult> {
    const gradientNorms = this.boosters.map(() => 0);
    for (const [t, booster] of this.boosters.entries()) {
      if (!active[t]) continue;
      gradientNorms[t] = await this.grow(booster, between);
      booster.loss = booster.objective.loss(booster.scores, booster.target, booster.rows);
      await between();
    }
    this.rounds++;
    return { taskLosses: this.boosters.map(({ loss }) => loss), gradientNorms };
  }

  private async grow(booster: Booster, between: () => Promise<void>): Promise<number> {
    const { settings, seed, table, builder, rounds } = this;
    const { name, objective, target, scores, ensemble } = booster;
    const { outputs } = objective;
    const gradients = Array.from({ length: outputs }, () => new Float32Array(table.rows));
    const hessians = objective.unitHessian ? [] : gradients.map(() => new Float32Array(table.rows));
    const squares = objective.derivatives(scores, target, booster.rows, gradients, hessians);
    const rows = sampleOf(booster.rows, settings.rowSample, seed, `trees/rows/${name}`, rounds);
    for (let output = 0; output < outputs; output++) {
      const index = rounds * outputs + output;
      const columns = sampleOf(this.features, settings.columnSample, seed, `trees/columns/${name}`, index);
      await between();
      const hessian = hessians[output] ?? null;
      const limits = treeSettings(settings);
      const tree = await growTree(
        table,
        builder,
        rows,
        gradients[output]!,
        hessian,
        columns,
        limits,
        between,
      );
      ensemble.add(tree, output, rounds);
      addTree(tree, table, null, scores, output, outputs);
    }
    return Math.sqrt(squares / Math.max(1, booster.rows.length));
  }

  /** Raw outputs of all rows: standardised value, logit or class logits. Not to be changed. [rows, outputs] */
  scores(task: number): Float32Array {
    return this.boosters[task]!.scores;
  }

  /** Raw outputs of some rows from the first `rounds` rounds only. [rows.length, outputs] */
  predict(task: number, rows: Uint32Array, rounds: number): Float32Array {
    const { start, ensemble } = this.boosters[task]!;
    const scores = repeated(start, rows.length);
    ensemble.addTo(scores, this.table, rows, rounds);
    return scores;
  }

  /** Leaves and splits over all trees. */
  get size(): number {
    return this.boosters.reduce((sum, { ensemble }) => sum + ensemble.size, 0);
  }

  /** Total gain of the splits on each feature, in units of the summed training loss. [features] */
  featureGain(task: number): Float64Array {
    const gain = new Float64Array(this.features.length);
    this.boosters[task]!.ensemble.addGain(gain);
    return gain;
  }

  /** All trees; scores are not stored, they are replayed to the bit by `load`. */
  save(): Record<string, Float32Array> {
    const tensors: Record<string, Float32Array> = { 'trees/rounds': Float32Array.of(this.rounds) };
    for (const { name, ensemble } of this.boosters) Object.assign(tensors, ensemble.save(`${name}/trees`));
    return tensors;
  }

  /** Goes on where `save` was called; the dataset, the settings and the seed must be the same. */
  load(tensors: Record<string, Float32Array>): void {
    this.rounds = tensorOf(tensors, 'trees/rounds')[0]!;
    for (const booster of this.boosters) {
      const { name, ensemble, objective, target, rows, scores } = booster;
      ensemble.load(`${name}/trees`, tensors);
      scores.set(repeated(booster.start, this.table.rows));
      ensemble.addTo(scores, this.table, null, Number.POSITIVE_INFINITY);
      booster.loss = objective.loss(scores, target, rows);
    }
  }
}

/** The start scores of `rows` rows. [rows, outputs] */
export function repeated(start: Float32Array, rows: number): Float32Array {
  const scores = new Float32Array(rows * start.length);
  for (let at = 0; at < scores.length; at += start.length) scores.set(start, at);
  return scores;
}
