// Compiles the kernels of a stage before it starts, each network once per run.

import type { Role } from '../core/roles.ts';
import type { Dataset } from '../data/table.ts';
import { kernelPreparer } from '../kernels/runtime/backendRuntime.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { batchesOfEverySize, compileSteps } from './compileSteps.ts';
import { warmUpEvaluation } from './evaluate.ts';
import { GradientNetwork } from './gradientNetwork.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';

export class Preparation {
  private readonly dataset: Dataset;
  private readonly settings: TrainingSettings;
  private readonly tell: (ready: number, total: number) => void;
  private readonly prepared = { steps: new Set<Role>(), evaluation: new Set<Role>() };

  /** @param tell - how many programs are compiled, of how many */
  constructor(dataset: Dataset, settings: TrainingSettings, tell: (ready: number, total: number) => void) {
    this.dataset = dataset;
    this.settings = settings;
    this.tell = tell;
  }

  /** Compiles what the training steps of these networks launch. */
  async prepareSteps(networks: readonly NetworkInTraining[]): Promise<void> {
    const batches = batchesOfEverySize(this.dataset, this.settings.batchSize);
    const unprepared = this.unprepared('steps', networks);
    if (unprepared.length > 0) await compileSteps(unprepared, batches, this.tell);
  }

  /** Compiles what measuring a split launches. */
  async prepareEvaluation(networks: readonly NetworkInTraining[]): Promise<void> {
    const { dataset } = this;
    const { validation, test } = dataset.split;
    const types = dataset.tasks.map((t): TaskType => taskTypes[t.type]);
    const unprepared = this.unprepared('evaluation', networks);
    if (unprepared.length === 0) return;
    await kernelPreparer()?.prepare(() => {
      for (const { model } of unprepared)
        warmUpEvaluation(model, dataset, types, [validation, test], this.settings.evaluationBatch);
    }, this.tell);
  }

  private unprepared(kind: 'steps' | 'evaluation', all: readonly NetworkInTraining[]): GradientNetwork[] {
    const known = this.prepared[kind];
    const networks = all.filter((p) => p instanceof GradientNetwork).filter((p) => !known.has(p.role));
    for (const { role } of networks) known.add(role);
    return networks;
  }
}
