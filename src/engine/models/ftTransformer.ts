// FT-Transformer (Gorishniy et al. 2021): attention between the features of a row and a CLS token that collects the output; one
// network per task. Conventions and names: golden/README.
import { settingsOf } from '../config/defineParams.ts';
import { withAttentionChoice } from './attentionChoice.ts';
import { initialValuesNotes, PAPER, type Start } from './commonParams.ts';
import type { GradientModelDef } from './model.ts';
import { buildSingleTaskTransformer } from './singleTaskTransformer.ts';
import { checkAttention, sizeParams } from './transformer.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'scaled', rate: 1 };

const params = sizeParams(START);

export const ftTransformer: GradientModelDef = {
  id: 'ft-transformer',
  label: 'FT-Transformer',
  summary: 'One transformer over feature tokens per task.',
  citation: `Gorishniy et al., Revisiting Deep Learning Models for Tabular Data, NeurIPS 2021, arXiv 2106.11959; baseline of ${PAPER}`,
  singleTask: true,
  capabilities: ['attention'],
  deviations: [
    'As in the public code: GELU in the feed-forward network and no norm after the last block; the paper has ReGLU and one.',
    ...initialValuesNotes(START),
  ],
  params: withAttentionChoice(params),
  check: (values, _shape, prefix) => checkAttention(settingsOf(params, values), null, prefix),
  build: (context) =>
    buildSingleTaskTransformer(context, { settings: settingsOf(params, context.params), row: null }),
};
