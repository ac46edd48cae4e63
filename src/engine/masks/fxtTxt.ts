// Both masks together: tasks read features and themselves, features read features.
import { blocksFeatureToTask } from './fxt.ts';
import { type MaskDef, maskFromRule } from './mask.ts';
import { blocksTaskToTask } from './txt.ts';

export const fxtTxt: MaskDef = {
  id: 'FxT_TxT',
  label: 'F×T and T×T: neither',
  summary: 'Feature tokens may not read task tokens, and task tokens may not read each other.',
  citation: 'Sinodinos et al. 2025, MultiTab (arXiv 2511.09970), multitask masked attention',
  deviations: [],
  build({ numTaskTokens, numTokens }) {
    const featureToTask = blocksFeatureToTask(numTaskTokens);
    const taskToTask = blocksTaskToTask(numTaskTokens);
    return maskFromRule(numTokens, (query, key) => featureToTask(query, key) || taskToTask(query, key));
  },
};
