// Feature tokens may not read task tokens, so features are independent of what tasks have gathered.
import { type MaskDef, maskFromRule } from './mask.ts';

export const blocksFeatureToTask = (numTaskTokens: number) => (query: number, key: number) =>
  query >= numTaskTokens && key < numTaskTokens;

export const fxt: MaskDef = {
  id: 'FxT',
  label: 'F×T: features cannot read tasks',
  summary:
    'Feature tokens may not read task tokens. With one block, and without attention between rows, this cannot change the outputs.',
  citation: 'Sinodinos et al. 2025, MultiTab (arXiv 2511.09970), multitask masked attention',
  deviations: [],
  build: ({ numTaskTokens, numTokens }) => maskFromRule(numTokens, blocksFeatureToTask(numTaskTokens)),
};
