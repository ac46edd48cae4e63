// A network on random rows in the shape of a table: the cost of its steps does not depend on what it learns.
import type { Params } from '../config/params.ts';
import { lookUp } from '../core/registry.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import type { GradientModelDef, ModelShape } from '../models/model.ts';
import { taskTypes } from '../tasks/registry.ts';
import { GradientNetwork } from '../training/gradientNetwork.ts';
import type { TrainingSettings } from '../training/params.ts';
import { describeNetwork, MAX_PARAMETERS, type PlannedNetwork } from '../training/plan.ts';
import { TableOnDemand } from '../training/residentTable.ts';
import { type TensorBatch, toTensors } from '../training/tensorBatch.ts';

/** A batch with more operations than this is not tried: a page would seem to hang. */
const MAX_WORK = 2e11;

export interface Trial {
  /** Rows of a batch. */
  batchSize: number;
  create(): GradientNetwork;
  batch(): TensorBatch;
  /** Disposes the batches, after its networks were trained. */
  dispose(): void;
}

/** @returns why it is not tried, if it is too large */
export function trialOf(
  network: Pick<PlannedNetwork, 'role'> & { def: GradientModelDef; params: Params },
  shape: ModelShape,
  settings: TrainingSettings,
  trainingRows: number,
): Trial | { skipped: string } {
  const { info, workPerStep } = describeNetwork({ ...network, path: '' }, 0, shape, settings, trainingRows);
  if (info.parameters > MAX_PARAMETERS) {
    const skipped = `It has ${info.parameters.toLocaleString('en')} parameters; a run takes at most ${MAX_PARAMETERS.toLocaleString('en')}.`;
    return { skipped };
  }
  if (workPerStep > MAX_WORK) {
    const skipped = `A step takes ${(workPerStep / 1e9).toFixed(0)} billion operations; only networks below ${MAX_WORK / 1e9} billion are tried out.`;
    return { skipped };
  }
  const size = Math.min(settings.batchSize, trainingRows);
  const dataset = randomDataset(shape.features, shape.tasks, size);
  const table = new TableOnDemand(dataset);
  return {
    batchSize: size,
    create: () =>
      new GradientNetwork({
        info,
        def: network.def,
        params: network.params,
        dataset,
        taskTypes: shape.tasks.map((t) => taskTypes[t.type]),
        settings,
        seed: 0,
        method: lookUp<GradientMethod>(methods, settings.weighting, 'training.weighting'),
        table: () => table.get(),
      }),
    batch: () => toTensors(dataset, dataset.split.train),
    dispose: () => table.dispose(),
  };
}
