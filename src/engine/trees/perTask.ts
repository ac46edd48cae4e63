// A boosted model per task, each on that task alone, behind the interface of one model of all tasks.
import type { Dataset } from '../data/table.ts';
import { type BoostedTasks, type RoundResult, type TaskData, taskDataOf } from './grower.ts';

export class BoosterPerTask implements BoostedTasks {
  private readonly boosters: BoostedTasks[];
  private readonly data: TaskData[];
  private done = 0;

  constructor(dataset: Dataset, boost: (own: Dataset) => BoostedTasks) {
    this.boosters = dataset.tasks.map((_, task) => boost(withTask(dataset, task)));
    this.data = taskDataOf(dataset);
  }

  async round(active: readonly boolean[], between: () => Promise<void>): Promise<RoundResult> {
    const gradientNorms = this.boosters.map(() => 0);
    for (const [task, booster] of this.boosters.entries()) {
      // A booster whose only task is inactive has nothing to grow, not even shared trees.
      if (active[task])
        gradientNorms[task] = (await booster.round([true], between)).gradientNorms[0] as number;
    }
    this.done++;
    const taskLosses = this.data.map(({ objective, target, rows }, task) =>
      objective.loss(this.scores(task), target, rows),
    );
    return { taskLosses, gradientNorms };
  }

  scores(task: number): Float32Array {
    return (this.boosters[task] as BoostedTasks).scores(0);
  }

  predict(task: number, rows: Uint32Array, rounds: number): Float32Array {
    return (this.boosters[task] as BoostedTasks).predict(0, rows, rounds);
  }

  get size(): number {
    return this.boosters.reduce((sum, booster) => sum + booster.size, 0);
  }

  get rounds(): number {
    return this.done;
  }

  featureGain(task: number): Float64Array {
    return (this.boosters[task] as BoostedTasks).featureGain(0);
  }

  save(): Record<string, Float32Array> {
    const tensors = this.boosters.flatMap((booster, task) =>
      Object.entries(booster.save()).map(([name, values]) => [`task${task}/${name}`, values] as const),
    );
    return Object.fromEntries(tensors);
  }

  load(tensors: Record<string, Float32Array>): void {
    for (const [task, booster] of this.boosters.entries()) {
      const prefix = `task${task}/`;
      const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
      booster.load(Object.fromEntries(own.map(([name, values]) => [name.slice(prefix.length), values])));
    }
    this.done = Math.max(0, ...this.boosters.map((booster) => booster.rounds));
  }
}

/** The same rows with the labels of one task. */
export function withTask(dataset: Dataset, task: number): Dataset {
  const only = <T>(values: readonly T[]): T[] => values.slice(task, task + 1);
  return {
    ...dataset,
    tasks: only(dataset.tasks),
    targets: only(dataset.targets),
    targetScaling: only(dataset.targetScaling),
  };
}
