// Named experiments. Each states only its differences from the defaults.
export interface Preset {
  id: string;
  label: string;
  /** One sentence: what to look at. */
  summary: string;
  /** The settings that it is about, by their keys in a link; the page shows them first. */
  about: readonly string[];
  /** Input of `parseExperiment`. */
  experiment: Record<string, unknown>;
}

/** Network sizes of the paper's synthetic experiments, with the public code's settings. */
const PAPER_MODEL = { width: 16, heads: 4, feedForward: 256, tower: [64], blocks: 1 };
const PAPER_BASELINE = { id: 'st-mlp', params: { hidden: [512, 256, 64], embedding: 16 } };
/** A baseline sized for a table of a few thousand rows, so that a laptop without a GPU finishes in a minute. */
const SMALL_BASELINE = { id: 'st-mlp', params: { hidden: [128, 64], embedding: 8 } };

/**
 * Eight noisy linear tasks on few rows; only the correlation differs: related tasks supply what one task cannot learn from 320
 * rows, and unrelated ones interfere. Measured by `npm run bench:transfer`, see bench/RESULTS.md.
 */
const sharing = (rho: number): Preset['experiment'] => ({
  version: 1,
  repeats: 5,
  data: {
    id: 'multitab-bench',
    params: { rows: 4000, features: 24, noise: [1], trainFraction: 0.08, validationFraction: 0.12 },
  },
  tasks: { count: 8, rho, degrees: [1] },
  model: {
    id: 'mt-mlp',
    params: { shared: [8], tower: [8], embedding: 0, initialisation: 'as-released', rate: 1 },
  },
  training: { epochs: 40, batchSize: 32, learningRate: 1e-3, twin: 'both' },
  baseline: {
    id: 'st-mlp',
    params: { hidden: [8, 8], embedding: 0, initialisation: 'torch-default', rate: 1 },
  },
});

/** The workbench opens with the first one. */
export const presets: readonly Preset[] = [
  {
    id: 'correlated',
    label: 'Correlated tasks, cosine 0.40',
    summary: 'Five regression tasks of degree 1 to 3 whose weight vectors share a cosine of 0.40.',
    about: ['tasks.rho', 'tasks.degrees', 'model.mask'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 8000, features: 12 } },
      tasks: { count: 5, rho: 0.4, degrees: [1, 3, 2, 3, 2] },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 64 } },
      training: { epochs: 16, batchSize: 128, learningRate: 2e-3 },
      baseline: SMALL_BASELINE,
    },
  },
  {
    id: 'zoo',
    label: 'Six ways to share, compared',
    summary:
      'MultiTab-Net, a shared bottom, MMoE, PLE, STEM and HoME on the same table, one after another, each against one network per task.',
    about: ['model', 'compare'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 8000, features: 12 } },
      tasks: { count: 5, rho: 0.4, degrees: [1, 3, 2, 3, 2] },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 64 } },
      compare: [
        { id: 'mt-mlp', params: { shared: [128, 64], tower: [32], embedding: 8 } },
        { id: 'mmoe', params: { experts: 6, expert: [64, 32], tower: [32], embedding: 8 } },
        {
          id: 'ple',
          params: {
            layers: 2,
            sharedExperts: 2,
            taskExperts: 1,
            expert: [64, 32],
            tower: [32],
            embedding: 8,
          },
        },
        {
          id: 'stem',
          params: {
            layers: 1,
            sharedExperts: 2,
            taskExperts: 1,
            expert: [64, 32],
            tower: [32],
            embedding: 8,
          },
        },
        {
          id: 'home',
          params: {
            sharedExperts: 1,
            groupExperts: 1,
            taskExperts: 1,
            expert: [64, 32],
            tower: [32],
            embedding: 8,
          },
        },
      ],
      training: { epochs: 12, batchSize: 128, learningRate: 2e-3 },
      baseline: SMALL_BASELINE,
    },
  },
  {
    id: 'opposed',
    label: 'Opposed tasks, cosine −0.20',
    summary:
      'The same five tasks, pulling apart: at −0.25 five vectors cannot be more opposed. Of the gain of about 1 % the architecture gives more than the whole, and sharing costs 0.7 % (3 seeds, twin "Both"): with 5,600 training rows there is little to share.',
    about: ['tasks.rho'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 8000, features: 12 } },
      tasks: { count: 5, rho: -0.2, degrees: [1, 3, 2, 3, 2] },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 64 } },
      training: { epochs: 16, batchSize: 128, learningRate: 2e-3 },
      baseline: SMALL_BASELINE,
    },
  },
  {
    id: 'sharing-helps',
    label: 'Sharing helps, cosine 0.95',
    summary:
      'A shared bottom on eight closely related tasks with 320 training rows: over 5 seeds it gains about 14 % by sharing, on top of what its architecture gives one task alone.',
    about: ['tasks.rho', 'training.twin'],
    experiment: sharing(0.95),
  },
  {
    id: 'sharing-neutral',
    label: 'Sharing makes no difference, cosine 0.70',
    summary:
      'The same experiment with a cosine of 0.70: over 5 seeds the interval of the sharing part includes 0, and the apparent gain of 9 % comes from the architecture.',
    about: ['tasks.rho', 'training.twin'],
    experiment: sharing(0.7),
  },
  {
    id: 'sharing-hurts',
    label: 'Sharing hurts, cosine 0',
    summary:
      'The same experiment with unrelated tasks: over 5 seeds sharing costs about 20 %, more than the architecture gives.',
    about: ['tasks.rho', 'training.twin'],
    experiment: sharing(0),
  },
  {
    id: 'mixed-types',
    label: 'Regression, binary and multiclass',
    summary: 'Task types side by side, and a third of the features binned into categories.',
    about: ['tasks.kinds', 'data.categorical', 'model.mask'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 8000, features: 12, categorical: 4 } },
      tasks: { count: 6, rho: 0.5, degrees: [1, 2, 1], kinds: ['regression', 'binary', 'multiclass'] },
      model: { id: 'multitab-net', params: { mask: 'FxT_TxT', feedForward: 64, blocks: 2 } },
      training: { epochs: 12, batchSize: 128, learningRate: 2e-3 },
      baseline: SMALL_BASELINE,
    },
  },
  {
    id: 'row-attention',
    label: 'Attention between rows',
    summary: 'Rows of a batch read each other: a prediction then depends on its neighbours.',
    about: ['model.attention', 'model.interSample'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 6000, features: 8 } },
      tasks: { count: 3, rho: 0.4, degrees: [1, 2, 3] },
      model: {
        id: 'multitab-net',
        params: {
          attention: 'row_col',
          interSample: 'across-rows',
          rotary: false,
          width: 8,
          heads: 2,
          feedForward: 64,
        },
      },
      training: { epochs: 10, batchSize: 64, learningRate: 1e-3, evaluationBatch: 64 },
      baseline: SMALL_BASELINE,
    },
  },
  {
    id: 'penguins',
    label: 'Palmer penguins',
    summary:
      'A real table: species, sex and body mass of 344 penguins from four measurements and the island.',
    about: ['tasks.targets'],
    experiment: {
      version: 1,
      data: { id: 'table', params: { file: 'penguins.csv' } },
      tasks: {
        targets: [
          { column: 'species', type: 'multiclass' },
          { column: 'sex', type: 'binary' },
          { column: 'body_mass_g', type: 'regression' },
        ],
      },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 32 } },
      training: { epochs: 60, batchSize: 32, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [32, 16], embedding: 8 } },
    },
  },
  {
    id: 'cars',
    label: 'Cars',
    summary: '406 cars of 1970 to 1982: where they were built, their consumption and their power.',
    about: ['tasks.targets'],
    experiment: {
      version: 1,
      data: { id: 'table', params: { file: 'cars.csv' } },
      tasks: {
        targets: [
          { column: 'origin', type: 'multiclass' },
          { column: 'mpg', type: 'regression' },
          { column: 'horsepower', type: 'regression' },
        ],
      },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 32 } },
      training: { epochs: 60, batchSize: 32, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [32, 16], embedding: 8 } },
    },
  },
  {
    id: 'wine',
    label: 'Wine',
    summary: '178 Italian wines: the cultivar, and two measurements that go with it.',
    about: ['tasks.targets'],
    experiment: {
      version: 1,
      data: { id: 'table', params: { file: 'wine.csv' } },
      tasks: {
        targets: [
          { column: 'cultivar', type: 'multiclass' },
          { column: 'color_intensity', type: 'regression' },
          { column: 'proline', type: 'regression' },
        ],
      },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 32 } },
      training: { epochs: 60, batchSize: 16, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [32, 16], embedding: 8 } },
    },
  },
  {
    id: 'weather',
    label: 'Seattle weather',
    summary:
      'Four years of days: the kind of weather, the highest temperature and the rain; the last seven months are the test.',
    about: ['data.split', 'tasks.targets'],
    experiment: {
      version: 1,
      data: { id: 'table', params: { file: 'weather.csv', split: 'time', splitColumn: 'date' } },
      tasks: {
        targets: [
          { column: 'weather', type: 'multiclass' },
          { column: 'temp_max_c', type: 'regression' },
          { column: 'precipitation_mm', type: 'regression' },
        ],
      },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 32 } },
      training: { epochs: 30, batchSize: 64, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [32, 16], embedding: 8 } },
    },
  },
  {
    id: 'birdstrikes',
    label: 'Bird strikes',
    summary:
      '10,000 reports of the FAA: the size of the animal, the phase of the flight, and whether there was damage (one in ten).',
    about: ['tasks.targets'],
    experiment: {
      version: 1,
      data: { id: 'table', params: { file: 'birdstrikes.csv' } },
      tasks: {
        targets: [
          { column: 'size', type: 'multiclass' },
          { column: 'phase', type: 'multiclass' },
          { column: 'damage', type: 'binary' },
        ],
      },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 32 } },
      training: { epochs: 12, batchSize: 128, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [32, 16], embedding: 8 } },
    },
  },
  {
    id: 'reference',
    label: 'Reference sizes, as released',
    summary: 'The sizes of the public code on 20,000 rows: attention between rows as released, five tasks.',
    about: ['model.interSample', 'model.rotary', 'training.batchSize'],
    experiment: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 20000, features: 16 } },
      tasks: { count: 5, rho: 0.4, degrees: [1, 3, 2, 3, 2] },
      model: {
        id: 'multitab-net',
        params: {
          ...PAPER_MODEL,
          attention: 'row_col',
          interSample: 'as-released',
          rotary: true,
          mask: 'TxT',
          initialisation: 'as-released',
        },
      },
      training: { epochs: 8, batchSize: 512, learningRate: 1e-3 },
      baseline: PAPER_BASELINE,
    },
  },
];
