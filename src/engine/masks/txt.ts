// A task token may not read other task tokens; its own cell stays open.
import { type MaskDef, maskFromRule } from './mask.ts';

export const blocksTaskToTask = (numTaskTokens: number) => (query: number, key: number) =>
  query < numTaskTokens && key < numTaskTokens && query !== key;

export const txt: MaskDef = {
  id: 'TxT',
  label: 'T×T: tasks cannot read tasks',
  summary:
    'A task token may not read other task tokens. It blocks one hop: with two blocks, tasks still meet in a feature.',
  citation: 'Sinodinos et al. 2025, MultiTab (arXiv 2511.09970), multitask masked attention',
  deviations: [],
  build: ({ numTaskTokens, numTokens }) => maskFromRule(numTokens, blocksTaskToTask(numTaskTokens)),
};
