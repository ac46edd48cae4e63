// Named sweeps: questions about multitask learning that need many runs. To add one, add it to this list.
import type { Preset } from '../config/presets.ts';

/** `experiment` is input of `parseSweep`. */
export interface SweepPreset {
  id: string;
  label: string;
  /** What to look for. */
  summary: string;
  sweep: Record<string, unknown>;
}

type Settings = Record<string, unknown>;

/** Eight noisy linear tasks on 320 training rows, a shared bottom and its twin (`presets.ts`): seconds per run. */
const SHARING: Preset['id'] = 'sharing-helps';
/** MultiTab-Net on five tasks of degrees 1 to 3, with few enough rows for a run in seconds. */
const SMALL_NET: Settings = { 'data.rows': 3000, 'training.epochs': 10, 'training.batchSize': 64 };

const models: { label: string; set: Settings }[] = [
  { label: 'MT-MLP', set: { model: 'mt-mlp' } },
  { label: 'MMoE', set: { model: 'mmoe' } },
];

export const sweepPresets: readonly SweepPreset[] = [
  {
    id: 'gain-correlation',
    label: 'Gain against correlation',
    summary:
      'How does the sharing part of the gain follow the cosine between tasks? Look for the cosine at which its interval crosses zero: below it learning together costs more than it brings.',
    sweep: {
      version: 1,
      label: 'Gain against correlation',
      base: SHARING,
      axes: [{ key: 'tasks.rho', values: [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99] }],
      seeds: [0, 1, 2],
    },
  },
  {
    id: 'gain-tasks',
    label: 'Gain against task count',
    summary:
      'Do more related tasks help each other more? Look for the lines of high and of low cosine to part as the tasks grow in number.',
    sweep: {
      version: 1,
      label: 'Gain against task count',
      base: SHARING,
      axes: [
        { key: 'tasks.rho', values: [0.5, 0.95] },
        { key: 'tasks.count', values: [2, 4, 8, 12, 16] },
      ],
      seeds: [0, 1, 2],
    },
  },
  {
    id: 'degrees',
    label: 'Uniform against mixed degrees',
    summary:
      'Does it matter whether the tasks are equally hard? Compare the mixed row with the uniform ones at the same cosine, in the sharing part of the gain: where it is lower for the mixed one, hard and easy tasks do each other less good.',
    sweep: {
      version: 1,
      label: 'Uniform against mixed degrees',
      base: 'correlated',
      set: { ...SMALL_NET, 'training.twin': 'both' },
      axes: [
        {
          label: 'Degrees',
          options: [
            { label: 'all 1', set: { 'tasks.degrees': [1] } },
            { label: 'all 2', set: { 'tasks.degrees': [2] } },
            { label: 'all 3', set: { 'tasks.degrees': [3] } },
            { label: '1 to 3, mixed', set: { 'tasks.degrees': [1, 3, 2, 3, 2] } },
          ],
        },
        { key: 'tasks.rho', values: [0, 0.4, 0.8] },
      ],
      seeds: [0, 1, 2],
    },
  },
  {
    id: 'masks',
    label: 'Mask ablation',
    summary:
      'What do the masks of MultiTab-Net bring, and one token per task against a shared one? Look at the difference to "none" seed by seed: where its interval includes 0, these runs show no difference.',
    sweep: {
      version: 1,
      label: 'Mask ablation',
      base: 'correlated',
      set: { ...SMALL_NET, 'model.blocks': 2 },
      axes: [
        { key: 'model.taskTokens', values: ['per-task', 'shared'] },
        { key: 'model.mask', values: ['none', 'FxT', 'TxT', 'FxT_TxT'] },
      ],
      seeds: [0, 1, 2, 3, 4],
    },
  },
  {
    id: 'rows-features',
    label: 'Rows against features',
    summary:
      'Is sharing worth most where data is short? Look for the gain to be largest with few rows and many features, and to fade as each task can learn alone.',
    sweep: {
      version: 1,
      label: 'Rows against features',
      base: SHARING,
      set: { 'tasks.rho': 0.9 },
      axes: [
        { key: 'data.rows', values: [2000, 4000, 8000, 16000] },
        { key: 'data.features', values: [8, 16, 32, 64] },
      ],
      seeds: [0, 1],
    },
  },
  {
    id: 'pareto',
    label: 'Preferences of two tasks',
    summary:
      'What does one task cost the other? Look at One task against another, over the weights from one end to the other: where points lie on a curve from corner to corner the tasks compete, where one point is best in both there is nothing to trade.',
    sweep: {
      version: 1,
      label: 'Preferences of two tasks',
      base: 'opposed',
      set: {
        ...SMALL_NET,
        'tasks.count': 2,
        'tasks.rho': -0.5,
        'tasks.degrees': [1, 3],
        model: 'mt-mlp',
        'model.shared': [8],
        'model.tower': [8],
        'training.weighting': 'fixed',
      },
      axes: [
        {
          label: 'Weights',
          options: [0.05, 0.2, 0.5, 0.8, 0.95].map((first) => ({
            label: `${first} : ${Number((1 - first).toFixed(2))}`,
            set: { 'training.taskWeights': [first, Number((1 - first).toFixed(2))] },
          })),
        },
      ],
      seeds: [0, 1, 2],
    },
  },
  {
    id: 'row-attention',
    label: 'Attention between rows or not',
    summary:
      'Does it help when rows read each other as well as features? Compare the two rows of the picture at each cosine, and the time they took.',
    sweep: {
      version: 1,
      label: 'Attention between rows or not',
      base: 'row-attention',
      set: { 'data.rows': 1500, 'training.epochs': 8 },
      axes: [
        { key: 'model.attention', values: ['col', 'row_col'] },
        { key: 'tasks.rho', values: [0, 0.4, 0.8] },
      ],
      seeds: [0, 1, 2],
    },
  },
  {
    id: 'seeds',
    label: 'How many seeds are enough',
    summary:
      'How far do single seeds lie apart? Look at the points behind each mean, and how the interval narrows with the first 3, 5 and 10 of the 20 seeds: a difference smaller than the interval cannot be told from luck.',
    sweep: {
      version: 1,
      label: 'How many seeds are enough',
      base: SHARING,
      set: { 'tasks.rho': 0.8 },
      axes: [{ label: 'Model', options: models }],
      seeds: '0..19',
    },
  },
];
