// PLE, Progressive Layered Extraction (Tang et al. 2020): task experts and shared experts in layers; a task's gate weights its
// own experts and the shared ones, the shared gate all of them. Conventions and names: golden/README.
import { settingsOf } from '../config/defineParams.ts';
import { embeddingParam, initialValuesNotes, PAPER, SPARSE_GATES_NOTE, type Start } from './commonParams.ts';
import type { GradientModelDef } from './model.ts';
import { buildProgressive, progressiveParams } from './progressive.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'as-released', rate: 1 };

const params = progressiveParams(embeddingParam(16), START);

export const ple: GradientModelDef = {
  id: 'ple',
  label: 'PLE',
  summary: 'Layers of task experts and shared experts; gates keep the tasks apart and let them share.',
  citation: `Tang et al., Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations, RecSys 2020; baseline of ${PAPER}`,
  singleTask: false,
  capabilities: ['experts'],
  deviations: [
    'As in the public code, the last layer keeps its shared gate and a tower reads the state of its task beside the shared one; the paper ends with the task gates.',
    SPARSE_GATES_NOTE,
    ...initialValuesNotes(START),
  ],
  params,
  check: () => [],
  build: (context) =>
    buildProgressive(context, {
      settings: settingsOf(params, context.params),
      embeddings: ['embedding'],
      gatesSeeAll: false,
      learns: () => true,
    }),
};
