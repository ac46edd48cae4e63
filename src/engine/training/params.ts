// The settings of training, shared by the model and its baseline.
import type { ParamSpec } from '../config/params.ts';
import type { Optimizer } from '../kernels/runtime/updater.ts';
import { type OptimizerId, optimizers } from '../optimizers/registry.ts';
import { weightings } from '../weighting/registry.ts';
import { rateSearchParam } from './rateSearch.ts';

export interface TrainingSettings {
  epochs: number;
  batchSize: number;
  optimizer: OptimizerId;
  learningRate: number;
  weightDecay: number;
  warmupSteps: number;
  decay: 'constant' | 'cosine';
  clipNorm: number;
  patience: number;
  weighting: string;
  evaluationBatch: number;
  /** Which single-task networks the models are measured against: the baseline, their twins, or both. */
  twin: 'off' | 'only' | 'both';
  rateSearch: string;
}

const described: readonly Optimizer[] = Object.values(optimizers);
const decaying = described.filter((o) => o.decays);

/** What each one is, and which leave the weight decay out. */
function optimizerHelp(): string {
  const summaries = described.flatMap(({ label, summary }) => (summary ? [`${label}: ${summary}.`] : []));
  const others = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(
    described.filter((o) => !o.decays).map((o) => o.label),
  );
  return [...summaries, `${others}: without weight decay.`].join(' ');
}

export const trainingParams: readonly ParamSpec[] = [
  {
    kind: 'choice',
    key: 'twin',
    label: 'Twin',
    help: 'Single-task twin: the same network with the same settings, trained on each task alone: what the model gains over it is due to sharing, the rest of the gain to the architecture. Only: the twin takes the place of the baseline. It costs about as much as one more model per task.',
    control: 'segmented',
    options: [
      { value: 'off', label: 'Off', help: 'Gain over the baseline: architecture and sharing together.' },
      { value: 'only', label: 'Only', help: 'No baseline is trained: sharing alone is measured.' },
      { value: 'both', label: 'Both', help: 'Gain, and the parts of it: architecture and sharing.' },
    ],
    default: 'off',
  },
  {
    kind: 'number',
    key: 'epochs',
    label: 'Epochs',
    help: 'Passes over the training split.',
    integer: true,
    min: 1,
    max: 1000,
    step: 1,
    default: 8,
    control: 'box',
  },
  {
    kind: 'number',
    key: 'batchSize',
    label: 'Batch size',
    help: 'Rows per optimizer step. The last batch of an epoch may be smaller; a single left-over row joins the batch before it.',
    integer: true,
    min: 2,
    max: 8192,
    step: 1,
    default: 256,
    control: 'box',
  },
  {
    kind: 'choice',
    key: 'optimizer',
    label: 'Optimizer',
    help: optimizerHelp(),
    source: described.flatMap((o) => o.source ?? []).join('; '),
    options: described.map(({ id, label }) => ({ value: id, label })),
    default: 'adamw',
  },
  {
    kind: 'number',
    key: 'learningRate',
    label: 'Learning rate',
    help: 'Step size after warm-up.',
    integer: false,
    min: 1e-6,
    max: 1,
    step: 1e-4,
    default: 1e-3,
    scale: 'log',
  },
  {
    kind: 'number',
    key: 'weightDecay',
    label: 'Weight decay',
    help: 'Decoupled decay of every parameter, biases and norms included, as in the public code.',
    source: 'Loshchilov and Hutter 2019',
    integer: false,
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.01,
    control: 'box',
    advanced: true,
    visibleWhen: { key: 'optimizer', oneOf: decaying.map((o) => o.id) },
  },
  {
    kind: 'number',
    key: 'warmupSteps',
    label: 'Warm-up',
    help: 'Steps over which the learning rate rises linearly from 0.',
    integer: true,
    min: 0,
    max: 100000,
    step: 1,
    default: 0,
    control: 'box',
    unit: 'steps',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'decay',
    label: 'Decay',
    help: 'Cosine: the learning rate falls to 0 over the remaining steps.',
    source: 'Loshchilov and Hutter 2017',
    control: 'segmented',
    options: [
      { value: 'constant', label: 'Constant' },
      { value: 'cosine', label: 'Cosine' },
    ],
    default: 'constant',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'clipNorm',
    label: 'Clip norm',
    help: 'Largest global gradient norm; 0 turns clipping off. Single-task networks are clipped each on its own.',
    source: 'Pascanu et al. 2013',
    integer: false,
    min: 0,
    max: 1000,
    step: 0.1,
    default: 0,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'patience',
    label: 'Patience',
    help: 'Epochs without a better one before training stops; 0 trains all epochs. Better is a higher mean of the primary validation metrics, or an equal one with a lower validation loss; where such a metric is undefined, the loss alone decides. The best epoch is tested either way.',
    integer: true,
    min: 0,
    max: 1000,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'choice',
    key: 'weighting',
    label: 'Weighting',
    help: 'How the losses of the tasks become one. Single-task networks always minimise their own loss.',
    options: Object.values(weightings).map((w) => ({ value: w.id, label: w.label, help: w.summary })),
    default: 'equal',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'evaluationBatch',
    label: 'Eval batch',
    help: 'Rows per batch in validation and test, in the order of the split. With attention between rows, predictions depend on it.',
    integer: true,
    min: 1,
    max: 8192,
    step: 1,
    default: 512,
    control: 'box',
    advanced: true,
  },
  rateSearchParam,
];
