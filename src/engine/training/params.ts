// The settings of training, shared by the model and its baseline.

import { defineParams, type SettingsOf, settingsOf } from '../config/defineParams.ts';
import type { ParamSpec, Params } from '../config/params.ts';
import { MAX_SEED } from '../config/seedLimits.ts';
import { lookUp } from '../core/registry.ts';
import type { Optimizer } from '../kernels/runtime/updater.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { sharpnessParams } from '../methods/sharpness.ts';
import { type OptimizerId, optimizers } from '../optimizers/registry.ts';

const optimizerIds = Object.keys(optimizers) as OptimizerId[];
const described: readonly Optimizer[] = Object.values(optimizers);

/** Describes each optimizer, and names those without weight decay. */
function optimizerHelp(): string {
  const summaries = described.flatMap(({ label, summary }) => (summary ? [`${label}: ${summary}.`] : []));
  const others = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(
    described.filter((o) => !o.decays).map((o) => o.label),
  );
  return [...summaries, `${others}: without weight decay.`].join(' ');
}

const commonParams = defineParams([
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
    help: 'Passes over the training rows. The epoch that is best on the validation rows is the one that is tested.',
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
    options: optimizerIds.map((value) => ({ value, label: optimizers[value].label })),
    default: 'adamw',
  },
  {
    kind: 'number',
    key: 'learningRate',
    label: 'Learning rate',
    help: 'Size of the steps after the warm-up. Too large, and the loss jumps; too small, and it hardly falls.',
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
    visibleWhen: { key: 'optimizer', oneOf: described.filter((o) => o.decays).map((o) => o.id) },
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
    kind: 'number',
    key: 'taskPatience',
    label: 'Patience per task',
    help: 'Epochs without a better one of a task, by its primary validation metric, before its loss gets weight 0 in networks that share: the others train on. 0: never. For equal and fixed weights.',
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
    help: 'How the losses or gradients of the tasks become one update of what they share. Single-task networks always minimise their own loss.',
    options: Object.values<GradientMethod>(methods).map((w) => ({
      value: w.id,
      label: w.label,
      help: w.summary,
    })),
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
  {
    kind: 'choice',
    key: 'rateSearch',
    label: 'Rate search',
    help: 'Before a network is trained, it is trained at several learning rates for as many epochs, each network with the same budget; the best validation score decides, and the rate is kept for all seeds. The test split has no part in it. Trees are left out.',
    control: 'segmented',
    options: [
      { value: 'off', label: 'Off' },
      { value: 'three', label: '3 rates', help: 'A third of the rate, the rate, and three times the rate.' },
      { value: 'five', label: '5 rates', help: 'From a ninth to nine times the rate.' },
    ],
    default: 'off',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'rateSearchSeed',
    label: 'Seed of the search',
    help: 'Initial values and batches of the rate search; -1: those of the first seed of the run. A sweep sets it, so that each of its runs has the rates that a run of all its seeds has.',
    integer: true,
    min: -1,
    max: MAX_SEED,
    step: 1,
    default: -1,
    control: 'box',
    advanced: true,
    visibleWhen: { key: 'rateSearch', oneOf: ['three', 'five'] },
  },
]);

const aroundParams = defineParams([
  {
    kind: 'number',
    key: 'weightMomentum',
    label: 'Weight momentum',
    help: 'How much of the weights of the step before stays in those of a step, so that they change slowly (CR-MOGM). 0: the weights of the method itself.',
    source: 'Zhou et al. 2022, Algorithm 1',
    integer: false,
    min: 0,
    max: 0.9999,
    step: 0.1,
    default: 0,
    advanced: true,
    visibleWhen: {
      key: 'weighting',
      oneOf: Object.values<GradientMethod>(methods)
        .filter((m) => m.needs === 'gram')
        .map((m) => m.id),
    },
  },
  ...sharpnessParams,
]);

/** The settings of a gradient method follow the choice of the method, and are shown while it is chosen. */
export const trainingParams: readonly ParamSpec[] = commonParams.flatMap((spec): ParamSpec[] =>
  spec.key === 'weighting'
    ? [spec, ...Object.values<GradientMethod>(methods).flatMap(paramsOfMethod), ...aroundParams]
    : [spec],
);

function paramsOfMethod({ id, params }: GradientMethod): ParamSpec[] {
  return params.map((spec) => ({
    visibleWhen: { key: 'weighting', oneOf: [id] },
    advanced: true,
    ...spec,
  }));
}

export interface TrainingSettings extends SettingsOf<typeof commonParams>, SettingsOf<typeof aroundParams> {
  /** The settings of the chosen gradient method. */
  ofMethod: Params;
}

/** Typed settings from checked values of `trainingParams`. */
export function trainingSettings(values: Params): TrainingSettings {
  const settings = { ...settingsOf(commonParams, values), ...settingsOf(aroundParams, values) };
  const method = lookUp<GradientMethod>(methods, settings.weighting, 'training.weighting');
  return { ...settings, ofMethod: settingsOf(method.params, values) };
}
