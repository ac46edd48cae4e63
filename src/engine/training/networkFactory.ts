// Creates the networks of a run from its plan, each with its architecture, settings, seed and learning rate.
import type { Note } from '../core/notes.ts';
import { lookUp } from '../core/registry.ts';
import type { Role } from '../core/roles.ts';
import type { Dataset } from '../data/table.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { isBoosted } from '../models/model.ts';
import type { NetworkInfo } from '../protocol/result.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { BoostedNetwork } from './boostedNetwork.ts';
import { GradientNetwork } from './gradientNetwork.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';
import type { PlannedNetwork } from './plan.ts';
import { TableOnDemand } from './residentTable.ts';

export interface NetworkFactoryOptions {
  dataset: Dataset;
  settings: TrainingSettings;
  /** Correlations of the labels that the given weights were trained on, [T, T]. */
  labelCorrelation?: Float64Array;
  note(role: Role, note: Note): void;
}

export class NetworkFactory {
  private readonly o: NetworkFactoryOptions;
  /** On the device; all networks take their rows from it. */
  private readonly table: TableOnDemand;

  constructor(options: NetworkFactoryOptions) {
    this.o = options;
    this.table = new TableOnDemand(options.dataset, (refused) => {
      const text = `Batches are sent to the GPU step by step, which makes steps slower: ${refused}.`;
      options.note('model', { code: 'batches-sent-each-step', text });
    });
  }

  /** The caller disposes the network. */
  create({ def, params }: PlannedNetwork, info: NetworkInfo, seed: number): NetworkInTraining {
    const { dataset, settings, note } = this.o;
    const learningRate = info.trainedWith?.learningRate ?? settings.learningRate;
    const common = {
      info: { ...info },
      params,
      dataset,
      taskTypes: dataset.tasks.map((t): TaskType => taskTypes[t.type]),
      settings: { ...settings, learningRate },
      seed,
      onNote: (own: Note) => note(info.role, own),
    };
    if (isBoosted(def)) return new BoostedNetwork({ ...common, def });
    const method = lookUp<GradientMethod>(methods, settings.weighting, 'training.weighting');
    const labelCorrelation = info.role === 'model' ? this.o.labelCorrelation : undefined;
    const groups = def.groupsOf?.(params, dataset.tasks.length);
    const table = () => this.table.get();
    return new GradientNetwork({ ...common, def, groups, method, labelCorrelation, table });
  }

  dispose(): void {
    this.table.dispose();
  }
}
