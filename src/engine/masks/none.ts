// No mask: every token reads every token.
import type { MaskDef } from './mask.ts';

export const none: MaskDef = {
  id: 'none',
  label: 'None',
  summary: 'Every token may read every token.',
  citation: 'Sinodinos et al. 2025, MultiTab (arXiv 2511.09970), multitask masked attention',
  deviations: [],
  build: () => null,
};
