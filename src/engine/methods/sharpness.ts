// Gradients that are taken where the losses are higher nearby: what a step does besides its gradient method, and the settings of it.
import { defineParams, type SettingsOf } from '../config/defineParams.ts';

export const sharpnessParams = defineParams([
  {
    kind: 'choice',
    key: 'sharpness',
    label: 'Flat minima',
    help: 'Looks for parameters whose neighbourhood has low losses, too: gradients are taken at points that are moved uphill first. SAM moves once, up the weighted sum; task-based flat regions and SAMO move once per task, and take about twice and T times the work of a step.',
    source:
      'SAM: Foret et al. 2021, Eq. 2 and 3; flat regions: Phan et al. 2022, section 4; SAMO: Ban et al. 2025, arXiv 2507.07883',
    options: [
      { value: 'off', label: 'Off' },
      { value: 'sam', label: 'SAM', help: 'For methods that weigh losses.' },
      {
        value: 'flat-regions',
        label: 'Task-based flat regions',
        help: 'Per task: the gradient, and how it changes uphill of that task. The gradient method is applied to both apart, and the results are added.',
      },
      {
        value: 'samo',
        label: 'SAMO',
        help: 'Per task: the gradient uphill of a mix of that task and the mean of all.',
      },
    ],
    default: 'off',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'rho',
    label: 'Distance',
    help: 'How far shared parameters are moved uphill.',
    source: 'Foret et al. 2021: 0.05',
    integer: false,
    min: 1e-6,
    max: 10,
    step: 0.01,
    default: 0.05,
    scale: 'log',
    advanced: true,
    visibleWhen: { key: 'sharpness', oneOf: ['sam', 'flat-regions', 'samo'] },
  },
  {
    kind: 'choice',
    key: 'samScope',
    label: 'Moved',
    help: 'Which parameters SAM moves.',
    control: 'segmented',
    options: [
      { value: 'all', label: 'All' },
      { value: 'shared', label: 'Shared' },
    ],
    default: 'all',
    advanced: true,
    visibleWhen: { key: 'sharpness', oneOf: ['sam'] },
  },
  {
    kind: 'number',
    key: 'rhoOwn',
    label: 'Distance of towers',
    help: 'How far what belongs to a task alone is moved uphill of its loss. 0: not at all.',
    integer: false,
    min: 0,
    max: 10,
    step: 0.01,
    default: 0,
    advanced: true,
    visibleWhen: { key: 'sharpness', oneOf: ['flat-regions'] },
  },
  {
    kind: 'number',
    key: 'samoShare',
    label: 'Share of all tasks',
    help: 'How much of the direction uphill is the mean gradient of all tasks; the rest is that of the task.',
    integer: false,
    min: 0,
    max: 1,
    step: 0.1,
    default: 0.5,
    advanced: true,
    visibleWhen: { key: 'sharpness', oneOf: ['samo'] },
  },
]);

export type Sharpness = SettingsOf<typeof sharpnessParams>;
