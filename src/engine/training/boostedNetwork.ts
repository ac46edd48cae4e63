// Trees grown round by round on the whole training split. A round is both a step and an epoch: the validation split is measured
// after each, which is cheap because the scores of all rows are kept up to date.
import type { Params } from '../config/params.ts';
import { WorkbenchError } from '../core/errors.ts';
import type { BoostedModelDef } from '../models/model.ts';
import type { BoostedTasks } from '../trees/grower.ts';
import { NetworkInTraining, type NetworkOptions, type StepReport } from './networkInTraining.ts';
import { networkName } from './numericFault.ts';
import type { TensorBatch } from './tensorBatch.ts';

export interface BoostedNetworkOptions extends NetworkOptions {
  def: BoostedModelDef;
  params: Params;
}

export class BoostedNetwork extends NetworkInTraining {
  readonly model = null;
  private readonly trees: BoostedTasks;
  /** Set by `restoreBest`: predictions then use each task's best rounds. */
  private isRestored = false;

  constructor(options: BoostedNetworkOptions) {
    super(options);
    this.trees = options.def.boost(options.dataset, options.params, options.seed);
  }

  async trainStep(
    _batch: TensorBatch | null,
    epoch: number,
    between: () => Promise<void>,
  ): Promise<StepReport[]> {
    const started = performance.now();
    const active = this.o.dataset.tasks.map((_, task) => !this.choiceOf(task).state.stopped);
    try {
      const { taskLosses, gradientNorms } = await this.trees.round(active, between);
      const gradientNorm = Math.max(...gradientNorms);
      const faulty = taskLosses.findIndex((loss) => !Number.isFinite(loss));
      if (faulty >= 0) throw this.lossFault(faulty, taskLosses[faulty] as number, epoch);
      this.info.parameters = this.trees.size;
      // A round is an epoch, so its loss needs no weighting by rows.
      this.count(
        taskLosses,
        gradientNorm,
        taskLosses.map(() => 1),
      );
      return [{ step: this.step, taskLosses, gradientNorm }];
    } finally {
      this.state.trainMs += performance.now() - started;
    }
  }

  private lossFault(task: number, loss: number, round: number): WorkbenchError {
    const { role } = this;
    const { name = '' } = this.o.dataset.tasks[task] ?? {};
    const tensor = `loss of ${name}`;
    const remedy = 'Lower the learning rate, or standardise the targets.';
    return new WorkbenchError(
      'numeric',
      `Run stopped at round ${round}${networkName(role)}: the training loss of ${name} is ${loss}. ${remedy}`,
      [{ path: tensor, expected: 'a finite number', got: String(loss), remedy }],
      {
        role,
        seed: this.o.seed,
        epoch: round,
        step: round,
        task: name,
        tensor,
        kind: 'loss',
        shape: [],
        nonFinite: 1,
        previousGradientNorm: this.state.lastGradientNorm,
      },
    );
  }

  release(): void {}

  dispose(): void {}

  protected async predict(rows: Uint32Array, between: () => Promise<void>): Promise<Float32Array[]> {
    const logits: Float32Array[] = [];
    for (const task of this.o.dataset.tasks.keys()) {
      logits.push(this.logitsOf(task, rows));
      await between();
    }
    return logits;
  }

  /** [rows, outputs of the task] */
  private logitsOf(task: number, rows: Uint32Array): Float32Array {
    const outputs = this.o.dataset.tasks[task]?.outputs ?? 1;
    if (this.isRestored) return this.trees.predict(task, rows, this.choiceOf(task).state.bestEpoch);
    // The scores of all rows, updated every round.
    const all = this.trees.scores(task);
    const own = new Float32Array(rows.length * outputs);
    rows.forEach((row, i) => {
      for (let k = 0; k < outputs; k++) own[i * outputs + k] = all[row * outputs + k] as number;
    });
    return own;
  }

  protected async keepBest(): Promise<void> {
    // Only the number of the best round is stored: its trees still exist.
  }

  protected async restoreBest(): Promise<void> {
    this.isRestored = true;
  }

  protected async saveTensors(): Promise<Record<string, Float32Array>> {
    return this.trees.save();
  }

  protected override loadValueTensors(tensors: Record<string, Float32Array>): void {
    this.loadTensors(tensors);
    this.isRestored = true;
  }

  protected loadTensors(tensors: Record<string, Float32Array>): void {
    this.trees.load(tensors);
    this.info.parameters = this.trees.size;
  }
}
