// STEM, Shared and Task-specific EMbeddings (Su et al. 2024): an embedding of the columns per task and a shared one, and gates
// that read the experts of other tasks without training them. Conventions and names: golden/README.
import { defineParams, settingsOf } from '../config/defineParams.ts';
import {
  embeddingParam,
  initialValuesNotes,
  PAPER,
  PUBLIC_CODE,
  SPARSE_GATES_NOTE,
  type Start,
} from './commonParams.ts';
import type { GradientModelDef } from './model.ts';
import { buildProgressive, progressiveParams } from './progressive.ts';

/** Measured by `npm run bench:defaults`. */
const START: Start = { initialisation: 'torch-default', rate: 1 };

const params = defineParams([
  ...progressiveParams(
    { ...embeddingParam(16), min: 1, help: 'Length of the vector that stands for a feature.' },
    START,
  ),
  {
    kind: 'choice',
    key: 'sharedGradient',
    label: 'Shared experts',
    help: 'Trained by tasks: shared experts learn through the gates of all tasks, as the paper intends. As released: an index slip in the public code detaches them, so they learn through the shared gate alone. Outputs before training are the same.',
    source: `Su et al. 2024, arXiv 2312.09820; ${PUBLIC_CODE}`,
    options: [
      { value: 'trained-by-tasks', label: 'Trained by tasks' },
      { value: 'as-released', label: 'As released' },
    ],
    default: 'trained-by-tasks',
  },
]);

export const stem: GradientModelDef = {
  id: 'stem',
  label: 'STEM',
  summary:
    'An embedding per task beside a shared one; a task reads all experts but trains only its own and the shared.',
  citation: `Su et al., STEM: Unleashing the Power of Embeddings for Multi-task Recommendation, AAAI 2024, arXiv 2312.09820; baseline of ${PAPER}`,
  singleTask: false,
  capabilities: ['experts'],
  deviations: [
    'Shared experts learn through the gates of all tasks, as the paper intends; "As released" detaches them like the public code.',
    SPARSE_GATES_NOTE,
    ...initialValuesNotes(START),
  ],
  params,
  check: () => [],
  build: (context) => {
    const settings = settingsOf(params, context.params);
    const asReleased = settings.sharedGradient === 'as-released';
    return buildProgressive(context, {
      settings,
      embeddings: [...context.tasks, null].map((_, i) => `embeddings.${i}`),
      gatesSeeAll: true,
      learns: (gateTask, expertTask) => (expertTask === null ? !asReleased : expertTask === gateTask),
    });
  },
};
