// R-MTGB, robust multi-task gradient boosting (Emami et al. 2025): trees for all tasks, then a weight per task between a common
// and an outlier ensemble, then trees per task. trees/rmtgb.ts lists what follows the paper and what was decided.
import { type RobustSettings, robustParams, robustSettings } from '../trees/params.ts';
import { RobustBoosters } from '../trees/rmtgb.ts';
import { checkRobustBoosters } from '../trees/rmtgbParts.ts';
import type { BoostedModelDef } from './model.ts';

export const robustBoosting: BoostedModelDef = {
  id: 'r-mtgb',
  label: 'R-MTGB',
  summary: 'Boosted trees that tasks share, with a learned weight that sets outlier tasks apart.',
  citation:
    'Emami, Martínez-Muñoz and Hernández-Lobato, Robust-Multi-Task Gradient Boosting, 2025, arXiv 2507.11411',
  singleTask: false,
  capabilities: [],
  deviations: [
    'The tasks share their rows, so their derivatives are pooled per row; leaves are Newton steps; the weight of a task starts at how little its gradients agree with those of the others.',
    'All tasks must be of one type, with equally many classes.',
  ],
  params: robustParams,
  rounds: (params) => robustSettings(params).rounds,
  phases: (params) => {
    const { rounds, sharedRounds, outlierRounds } = robustSettings(params);
    const only = (own: Partial<RobustSettings>) => ({ ...params, sharedRounds: 0, outlierRounds: 0, ...own });
    return [
      { rounds: sharedRounds, params: only({ sharedRounds: rounds }) },
      { rounds: outlierRounds, params: only({ outlierRounds: rounds }) },
      { rounds: rounds - sharedRounds - outlierRounds, params: only({}) },
    ];
  },
  check: (params, { tasks }, prefix) =>
    checkRobustBoosters(tasks, robustSettings(params)).map((issue) => ({
      ...issue,
      path: issue.path.startsWith('model.params')
        ? issue.path.replace('model.params', prefix)
        : `${prefix.replace(/\.params$/, '')}.id`,
    })),
  boost: (dataset, params, seed) => new RobustBoosters(dataset, robustSettings(params), seed),
};
