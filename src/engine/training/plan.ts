// What an experiment comes to before it runs: refusals that span settings and data, counts of parameters and steps,
// and the departures from the paper it uses. Makes no rows and keeps no tensors.
import { configError, type Experiment } from '../config/experiment.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import { batchBounds } from '../data/batches.ts';
import type { DataSource, FileInput } from '../data/source.ts';
import { dataSources } from '../data/sources.ts';
import { splitSizes } from '../data/split.ts';
import type { ModelDef, ModelShape } from '../models/model.ts';
import { models } from '../models/registry.ts';
import type { ExperimentSummary } from '../protocol.ts';
import type { TrainingSettings } from './params.ts';

/** Parameters, two moments, gradients and the best values: about 2 GB of float32 at this bound. */
export const MAX_PARAMETERS = 100_000_000;

export const sourceOf = (experiment: Experiment): DataSource =>
  lookUp(dataSources, experiment.data.id, 'data.id');
export const modelOf = (id: string, path = 'model.id'): ModelDef => lookUp(models, id, path);

/**
 * Everything that speaks against running this experiment, and what it would be.
 * @returns summary null when there are issues
 */
export function planExperiment(
  experiment: Experiment,
  file?: FileInput,
): { issues: Issue[]; summary: ExperimentSummary | null } {
  const source = sourceOf(experiment);
  const request = { data: experiment.data.params, tasks: experiment.tasks, file };
  const dataIssues = source.check(request);
  if (dataIssues.length > 0) return { issues: dataIssues, summary: null };
  const { rows, features, tasks } = source.plan(request);
  const shape: ModelShape = { features, tasks };
  const model = modelOf(experiment.model.id);
  const baseline = experiment.baseline && modelOf(experiment.baseline.id, 'baseline.id');
  const issues = [
    ...model.check(experiment.model.params, shape, 'model.params'),
    ...(experiment.baseline && baseline
      ? baseline.check(experiment.baseline.params, shape, 'baseline.params')
      : []),
  ];
  if (issues.length > 0) return { issues, summary: null };
  const modelParameters = countParameters(model, shape, experiment.model.params);
  const baselineParameters =
    experiment.baseline && baseline ? countParameters(baseline, shape, experiment.baseline.params) : 0;
  for (const [path, count] of [
    ['model.params', modelParameters],
    ['baseline.params', baselineParameters],
  ] as const) {
    if (count <= MAX_PARAMETERS) continue;
    issues.push({
      path,
      expected: `at most ${MAX_PARAMETERS.toLocaleString('en')} parameters`,
      got: count.toLocaleString('en'),
      remedy: 'Use a smaller width, fewer features, or smaller hidden sizes.',
    });
  }
  if (issues.length > 0) return { issues, summary: null };
  const settings = experiment.training as unknown as TrainingSettings;
  const { train } = splitSizes(rows, experiment.data.params);
  return {
    issues,
    summary: {
      rows,
      features,
      tasks,
      modelParameters,
      baselineParameters,
      stepsPerEpoch: batchBounds(train, settings.batchSize).length - 1,
      notes: [...model.deviations],
    },
  };
}

/** @throws WorkbenchError (config) with every reason the experiment cannot run */
export function requirePlan(experiment: Experiment, file?: FileInput): ExperimentSummary {
  const { issues, summary } = planExperiment(experiment, file);
  if (!summary) throw configError(issues);
  return summary;
}

function countParameters(def: ModelDef, shape: ModelShape, params: Experiment['training']): number {
  const model = def.build({ ...shape, params, seed: 0, countOnly: true });
  const count = model.parameters.reduce((sum, p) => sum + p.parts.reduce((n, part) => n + part.size, 0), 0);
  model.dispose();
  return count;
}
