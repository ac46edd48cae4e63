// Named experiments. Each states only what differs from the defaults of its parts.
export interface Preset {
  id: string;
  label: string;
  /** One sentence: what to look at. */
  summary: string;
  /** Input of `parseExperiment`. */
  experiment: Record<string, unknown>;
}

/** Sizes of the networks in the paper's synthetic experiments, at the public code's settings. */
const PAPER_MODEL = { width: 16, heads: 4, feedForward: 256, tower: [64], blocks: 1 };
const PAPER_BASELINE = { id: 'st-mlp', params: { hidden: [512, 256, 64], embedding: 16 } };
/** A baseline in proportion to a table of a few thousand rows, so that a laptop without a GPU finishes in a minute. */
const SMALL_BASELINE = { id: 'st-mlp', params: { hidden: [128, 64], embedding: 8 } };

/** The first one is what the workbench opens with. */
export const presets: readonly Preset[] = [
  {
    id: 'correlated',
    label: 'Correlated tasks, cosine 0.40',
    summary: 'Five regression tasks of degree 1 to 3 whose weight vectors share a cosine of 0.40.',
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
    summary: 'The same five tasks, pulling apart: at −0.25 five vectors cannot be more opposed.',
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
    id: 'mixed-types',
    label: 'Regression, binary and multiclass',
    summary: 'Task types side by side, and a third of the features binned into categories.',
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
    id: 'reference',
    label: 'Reference sizes, as released',
    summary: 'The sizes of the public code on 20,000 rows: attention between rows as released, five tasks.',
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
