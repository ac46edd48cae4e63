// SAINT (Somepalli et al. 2021): attention between the features of a row, then between the rows of a batch; one network
// per task. Conventions and names: golden/README.
import type { Params } from '../config/params.ts';
import { initialValuesNotes, PAPER, type Start } from './commonParams.ts';
import type { GradientModelDef } from './model.ts';
import { buildSingleTaskTransformer } from './singleTaskTransformer.ts';
import {
  checkAttention,
  type RowSettings,
  rowParams,
  sizeParams,
  transformerSettingsOf,
} from './transformer.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'scaled', rate: 1 };

const rowSettingsOf = (values: Params) => values as unknown as RowSettings;

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
  params: [...rowParams(), ...sizeParams(START)],
  check: (values, { features }, prefix) =>
    checkAttention(
      transformerSettingsOf(values),
      { ...rowSettingsOf(values), tokens: features.length + 1 },
      prefix,
    ),
  build: (context) => buildSingleTaskTransformer(context, { row: rowSettingsOf(context.params) }),
};
