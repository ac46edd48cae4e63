// SAINT (Somepalli et al. 2021): attention between the features of a row, then between the rows of a batch; one network
// per task. Conventions and names: golden/README.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import { withAttentionChoice } from './attentionChoice.ts';
import { initialValuesNotes, PAPER, type Start } from './commonParams.ts';
import type { GradientModelDef } from './model.ts';
import { buildSingleTaskTransformer } from './singleTaskTransformer.ts';
import { checkAttention, rowParams, sizeParams } from './transformer.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'scaled', rate: 1 };

const params = defineParams([...rowParams(), ...sizeParams(START)]);

export const saint: GradientModelDef = {
  id: 'saint',
  label: 'SAINT',
  summary: 'One transformer per task that reads features, then the other rows of the batch.',
  citation: `Somepalli et al., SAINT: Improved Neural Networks for Tabular Data via Row Attention and Contrastive Pre-Training, arXiv 2106.01342; baseline of ${PAPER}`,
  singleTask: true,
  capabilities: ['attention'],
  deviations: [
    'Attention between rows mixes rows; the public code does not when rotary positions are on. Row mixing "As released" gives its behaviour.',
    'Without the contrastive pre-training of the paper, as in the public code.',
    ...initialValuesNotes(START),
  ],
  params: withAttentionChoice(params),
  check(values, { features }, prefix) {
    const settings = settingsOf(params, values);
    return checkAttention(settings, { ...settings, tokens: features.length + 1 }, prefix);
  },
  build(context) {
    const settings = settingsOf(params, context.params);
    return buildSingleTaskTransformer(context, { settings, row: settings });
  },
};
