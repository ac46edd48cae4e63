// Histogram gradient boosting, one ensemble of trees per task: the tree baseline of the paper's tables (Chen and Guestrin 2016;
// histograms and leaf-wise growth as in LightGBM, Ke et al. 2017). Checked against scikit-learn and XGBoost in trees/.
import { TaskBoosters } from '../trees/booster.ts';
import { boosterParams, boosterSettings } from '../trees/params.ts';
import { PAPER } from './commonParams.ts';
import type { BoostedModelDef } from './model.ts';

export const gradientBoosting: BoostedModelDef = {
  id: 'gradient-boosting',
  label: 'Gradient boosting',
  summary: 'Boosted trees, one ensemble per task: the XGBoost row of the paper.',
  citation: `Chen and Guestrin, XGBoost: A Scalable Tree Boosting System, KDD 2016; Ke et al., LightGBM, NeurIPS 2017; baseline of ${PAPER}`,
  singleTask: true,
  capabilities: [],
  deviations: [
    'Our own histogram booster instead of XGBoost; test metrics agree within 0.01 on reference tables. A round counts as an epoch: early stopping follows the patience of training, in rounds.',
  ],
  params: boosterParams,
  rounds: (params) => boosterSettings(params).rounds,
  check: () => [],
  boost: (dataset, params, seed) => new TaskBoosters(dataset, boosterSettings(params), seed),
};
