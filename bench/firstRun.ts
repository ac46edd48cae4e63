// What `npm run bench:start` and `npm run bench:first-step` start: a small run, and its networks.
import { catalog } from '../src/engine/catalog.ts';
import { type Experiment, requireExperiment } from '../src/engine/config/experiment.ts';

export interface FirstRun {
  rows: number;
  batchSize: number;
  /** Id and settings of the model. */
  model: object;
  /** Settings of the single-task network beside it. */
  baseline: object;
}

const ATTENTION = {
  'feature attention': { id: 'multitab-net', params: { attention: 'col' } },
  'feature and row attention': {
    id: 'multitab-net',
    params: { attention: 'row_col', interSample: 'across-rows' },
  },
};

/** @param mmoe - settings of MMoE */
export const firstModels = (mmoe: object): [string, object][] =>
  Object.entries({ ...ATTENTION, MMoE: { id: 'mmoe', params: mmoe } });

/** Three tasks of 16 features, one epoch. */
export const firstExperiment = ({ rows, batchSize, model, baseline }: FirstRun): Experiment =>
  requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows, features: 16 } },
      tasks: { count: 3 },
      model,
      training: { epochs: 1, batchSize },
      baseline: { id: 'st-mlp', params: baseline },
    },
    catalog,
  );
