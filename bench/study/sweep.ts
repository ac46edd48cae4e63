// The synthetic study of Sinodinos et al. 2025 as a sweep: architectures by cosine, number of tasks and degrees. All
// architectures of a cell train in one run, on the same rows, batches and seeds, and against the same baseline.

type Settings = Record<string, unknown>;

const MLP = { tower: [32], embedding: 8 };
const EXPERTS = { expert: [64, 32], ...MLP };

/** Sizes in proportion to a table of a few thousand rows, as in the preset `zoo`. */
const COMPARED = [
  { id: 'mt-mlp', params: { shared: [128, 64], ...MLP } },
  { id: 'mmoe', params: { experts: 6, ...EXPERTS } },
  { id: 'ple', params: { layers: 2, sharedExperts: 2, taskExperts: 1, ...EXPERTS } },
  { id: 'stem', params: { layers: 1, sharedExperts: 2, taskExperts: 1, ...EXPERTS } },
  { id: 'ft-transformer', params: { width: 16, heads: 4, feedForward: 64, blocks: 1 } },
];

const degrees = (label: string, ...list: number[]) => ({ label, set: { 'tasks.degrees': list } });

export interface StudySize {
  label: string;
  rows: number;
  epochs: number;
  cosines: number[];
  tasks: number[];
}

const CORNERS = { rows: 3000, cosines: [0, 0.8], tasks: [3, 7] };

/** docs/studies.md gives the time of each. */
export const STUDY_SIZES = {
  /** MultiTab-Net still improves at ten epochs: this size shows the study with networks that are not fully trained. */
  small: { label: 'Synthetic study, ten epochs', epochs: 10, ...CORNERS },
  default: { label: 'Synthetic study', epochs: 40, ...CORNERS },
  large: {
    label: 'Synthetic study, large',
    rows: 6000,
    epochs: 40,
    cosines: [0, 0.4, 0.8],
    tasks: [3, 5, 9],
  },
} satisfies Record<string, StudySize>;

/** @returns input of `parseSweep` */
export function studySweep({ label, rows, epochs, cosines, tasks }: StudySize): Settings {
  return {
    version: 1,
    label,
    base: {
      version: 1,
      data: { id: 'multitab-bench', params: { rows, features: 12 } },
      tasks: { count: 5, rho: 0.4, degrees: [1, 3, 2, 3, 2] },
      model: { id: 'multitab-net', params: { mask: 'TxT', feedForward: 64 } },
      compare: COMPARED,
      training: { epochs, batchSize: 128, learningRate: 2e-3 },
      baseline: { id: 'st-mlp', params: { hidden: [128, 64], embedding: 8 } },
    },
    axes: [
      { key: 'tasks.rho', values: cosines },
      { key: 'tasks.count', values: tasks },
      {
        label: 'Degrees',
        options: [degrees('all 2', 2), degrees('1 to 3', 1, 3, 2, 3, 2)],
      },
    ],
    seeds: [0, 1, 2],
  };
}
