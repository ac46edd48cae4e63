// What a run creates once, before any network: the table, the factory of networks, and the compiler of their kernels.
import type { Experiment } from '../config/experiment.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { SourceRequest } from '../data/source.ts';
import type { Dataset } from '../data/table.ts';
import type { DatasetSummary } from '../protocol/data.ts';
import type { GivenWeights } from './givenWeights.ts';
import type { EventBody } from './inspection.ts';
import { NetworkFactory } from './networkFactory.ts';
import type { TrainingSettings } from './params.ts';
import { sourceOf } from './plan.ts';
import { Preparation } from './preparation.ts';
import { summariseDataset } from './summary.ts';

/** Least milliseconds between two progress reports while a table is made. */
const REPORT_MS = 100;

export interface RunResources {
  dataset: Dataset;
  summary: DatasetSummary;
  networks: NetworkFactory;
  preparation: Preparation;
}

export interface ResourceOptions {
  experiment: Experiment;
  settings: TrainingSettings;
  /** The requested rows, see `requirePlan`. */
  request: SourceRequest;
  given: GivenWeights | null;
  emit(event: EventBody): void;
  note(role: Role, note: Note): void;
  yieldOrStop(): Promise<void>;
}

export async function makeResources(options: ResourceOptions): Promise<RunResources> {
  const { experiment, settings, request, given, emit, note, yieldOrStop } = options;
  let lastReport = 0;
  const dataset = await sourceOf(experiment).generate(request, async (fraction, phase) => {
    if (performance.now() - lastReport > REPORT_MS) {
      lastReport = performance.now();
      emit({ type: 'data-progress', phase, fraction });
    }
    await yieldOrStop();
  });
  return {
    dataset,
    summary: summariseDataset(dataset, request.table !== undefined),
    networks: new NetworkFactory({ dataset, settings, labelCorrelation: given?.labelCorrelation, note }),
    preparation: new Preparation(dataset, settings, (ready, total) =>
      emit({ type: 'compiling', ready, total }),
    ),
  };
}
