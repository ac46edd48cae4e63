// Gradient boosting with one ensemble per task, all tasks behind one class, so that a trainer drives it round by round like the
// steps of a network. Trees of different tasks are independent: the single-task baseline among trees.
import type { Dataset } from '../data/table.ts';
import { Ensemble, roundsOf } from './ensemble.ts';
import {
  type BoostedTasks,
  columnsOf,
  type RoundResult,
  repeated,
  type TaskData,
  TreeGrower,
  taskDataOf,
} from './grower.ts';
import type { BoosterSettings } from './params.ts';
import { addTree } from './tree.ts';

interface Booster extends TaskData {
  ensemble: Ensemble;
  /** [rows of the dataset, outputs] */
  scores: Float32Array;
  loss: number;
}

/**
 * Histogram gradient boosting per task (Friedman 2001; second order as in Chen and Guestrin 2016), one tree per
 * output and round.
 */
export class TaskBoosters implements BoostedTasks {
  private readonly grower: TreeGrower;
  private readonly features: number;
  private readonly boosters: Booster[];
  private done = 0;

  /** Bins are fitted once on the training rows and shared by all tasks. */
  constructor(dataset: Dataset, settings: BoosterSettings, seed: number) {
    this.grower = new TreeGrower(dataset, settings, seed);
    this.features = dataset.features.length;
    this.boosters = taskDataOf(dataset).map((task) => {
      const scores = repeated(task.start, dataset.rows);
      const loss = task.objective.loss(scores, task.target, task.rows);
      return { ...task, ensemble: new Ensemble(task.objective.outputs), scores, loss };
    });
  }

  get rounds(): number {
    return this.done;
  }

  /** Adds one tree per output to every task in `active`; other tasks keep their scores. */
  async round(active: readonly boolean[], between: () => Promise<void>): Promise<RoundResult> {
    const gradientNorms = this.boosters.map(() => 0);
    for (const [t, booster] of this.boosters.entries()) {
      if (!active[t]) continue;
      gradientNorms[t] = await this.grow(booster, between);
      booster.loss = booster.objective.loss(booster.scores, booster.target, booster.rows);
      await between();
    }
    this.done++;
    return { taskLosses: this.boosters.map(({ loss }) => loss), gradientNorms };
  }

  /** @returns the norm of the gradients that the trees were fitted to */
  private async grow(booster: Booster, between: () => Promise<void>): Promise<number> {
    const { grower, done } = this;
    const { name, objective, target, rows, scores, ensemble } = booster;
    const { outputs, unitHessian } = objective;
    const gradients = columnsOf(outputs, grower.table.rows);
    const hessians = columnsOf(unitHessian ? 0 : outputs, grower.table.rows);
    const squares = objective.derivatives(scores, target, rows, gradients, hessians);
    await grower.grow(name, done, rows, gradients, hessians, between, (tree, output) => {
      ensemble.add(tree, output, done);
      addTree(tree, grower.table, null, scores, output, outputs);
    });
    return Math.sqrt(squares / Math.max(1, rows.length));
  }

  scores(task: number): Float32Array {
    return this.boosters[task]!.scores;
  }

  predict(task: number, rows: Uint32Array, rounds: number): Float32Array {
    const { start, ensemble } = this.boosters[task]!;
    const scores = repeated(start, rows.length);
    ensemble.addTo(scores, this.grower.table, rows, rounds);
    return scores;
  }

  get size(): number {
    return this.boosters.reduce((sum, { ensemble }) => sum + ensemble.size, 0);
  }

  featureGain(task: number): Float64Array {
    const gain = new Float64Array(this.features);
    this.boosters[task]!.ensemble.addGain(gain, 1);
    return gain;
  }

  save(): Record<string, Float32Array> {
    const tensors: Record<string, Float32Array> = { 'boosting/rounds': Float32Array.of(this.done) };
    for (const { name, ensemble } of this.boosters) Object.assign(tensors, ensemble.save(`task/${name}`));
    return tensors;
  }

  /** @throws WorkbenchError of kind `file` if tensors are missing or inconsistent */
  load(tensors: Record<string, Float32Array>): void {
    this.done = roundsOf(tensors);
    for (const booster of this.boosters) {
      const { name, ensemble, objective, target, rows, scores, start } = booster;
      ensemble.load(`task/${name}`, tensors, this.grower.table);
      scores.set(repeated(start, this.grower.table.rows));
      ensemble.addTo(scores, this.grower.table, null, this.done);
      booster.loss = objective.loss(scores, target, rows);
    }
  }
}
