// MultiTab-Bench as a data source (Sinodinos et al. 2025, arXiv 2511.09970): synthetic multitask tables with tunable
// task count, cosine between tasks and degree per task. The public code clamps impossible cosines and tests on its
// training set; this one refuses the first and draws fresh rows for the second.
import { cycled, type ParamSpec, type Params } from '../../config/params.ts';
import { type Issue, WorkbenchError } from '../../core/errors.ts';
import { dot, orthonormalRows, symmetricEigen } from '../../core/linearAlgebra.ts';
import type { Note } from '../../core/notes.ts';
import { rng } from '../../core/rng.ts';
import { binCodes, encodeParams, fitColumn, fitQuantiles, IDENTITY, standardise } from '../encode.ts';
import type { FittedTable } from '../fitted.ts';
import { correlations } from '../relatedness.ts';
import type { DataPlan, DataSource, ProgressSink, SourceRequest } from '../source.ts';
import { checkSplit, splitParams, splitRows } from '../split.ts';
import { splitNotes } from '../splitNotes.ts';
import type { Dataset, FeatureMeta, Standardisation, TaskMeta, TaskTypeId } from '../table.ts';
import { constantGram, labelCorrelations, polynomial, weightVectors } from './polynomialLabels.ts';

const PAPER = 'Sinodinos et al. 2025, arXiv 2511.09970';
const CHUNK_ROWS = 8192;
/** Columns are float32; browsers refuse to hold much more than this in one worker. */
const MAX_BYTES = 3 * 2 ** 30;
/** Classes of a binary label, below and above the cut; the upper one is positive. */
const HALVES = ['lower half', 'upper half'] as const;
/** How far below zero an eigenvalue may lie and still be rounding. */
const EIGEN_TOLERANCE = 1e-9;

const dataParams: readonly ParamSpec[] = [
  {
    kind: 'number',
    key: 'rows',
    label: 'Rows',
    help: 'Rows in all, before the split into training, validation and test.',
    integer: true,
    min: 20,
    max: 1_000_000,
    step: 100,
    default: 8000,
    scale: 'log',
  },
  {
    kind: 'number',
    key: 'features',
    label: 'Features',
    help: 'Independent standard normal features. There must be at least as many as tasks.',
    source: PAPER,
    integer: true,
    min: 1,
    max: 512,
    step: 1,
    default: 16,
    scale: 'log',
  },
  {
    kind: 'numbers',
    key: 'noise',
    label: 'Label noise',
    help: 'Standard deviation of the noise added to each label, in label units. One value for all tasks, or one per task.',
    source: PAPER,
    integer: false,
    min: 0,
    max: 1000,
    minLength: 1,
    maxLength: 32,
    default: [0.1],
    cycle: true,
  },
  {
    kind: 'number',
    key: 'categorical',
    label: 'Categorical',
    help: 'How many features are cut into categories by quantiles of the training rows. Labels still follow the values before the cut.',
    integer: true,
    min: 0,
    max: 512,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'number',
    key: 'bins',
    label: 'Categories',
    help: 'Categories per categorical feature.',
    integer: true,
    min: 2,
    max: 100,
    step: 1,
    default: 5,
    control: 'box',
    advanced: true,
  },
  ...encodeParams,
  ...splitParams,
];

const taskParams: readonly ParamSpec[] = [
  {
    kind: 'number',
    key: 'count',
    label: 'Count',
    help: 'Number of tasks.',
    source: PAPER,
    integer: true,
    min: 1,
    max: 32,
    step: 1,
    default: 5,
  },
  {
    kind: 'choice',
    key: 'cosineKind',
    label: 'Relatedness',
    help: 'One cosine between every two tasks, or a full matrix.',
    control: 'segmented',
    options: [
      { value: 'one', label: 'One value' },
      { value: 'matrix', label: 'Matrix' },
    ],
    default: 'one',
  },
  {
    kind: 'number',
    key: 'rho',
    label: 'Cosine',
    help: 'Cosine between the weight vectors of any two tasks; not the correlation of their labels, which degree and noise change. T tasks allow -1/(T-1) to 1.',
    source: PAPER,
    integer: false,
    min: -1,
    max: 1,
    step: 0.05,
    default: 0.4,
    visibleWhen: { key: 'cosineKind', oneOf: ['one'] },
  },
  {
    kind: 'matrix',
    key: 'matrix',
    label: 'Matrix',
    help: 'Cosine between the weight vectors of each two tasks; must be positive semi-definite with ones on the diagonal.',
    min: -1,
    max: 1,
    default: [],
    visibleWhen: { key: 'cosineKind', oneOf: ['matrix'] },
  },
  {
    kind: 'numbers',
    key: 'degrees',
    label: 'Degrees',
    help: 'Degree of each label: the sum of the first powers of its linear term. Repeated when there are more tasks.',
    source: PAPER,
    integer: true,
    min: 1,
    max: 6,
    minLength: 1,
    maxLength: 32,
    default: [1, 3, 2, 3, 2],
    cycle: true,
  },
  {
    kind: 'words',
    key: 'kinds',
    label: 'Task types',
    help: 'Regression, or classes cut from the label by quantiles of the training rows. Repeated when there are more tasks.',
    options: [
      { value: 'regression', label: 'Regression' },
      { value: 'binary', label: 'Binary' },
      { value: 'multiclass', label: 'Multiclass' },
    ],
    minLength: 1,
    maxLength: 32,
    default: ['regression'],
    cycle: true,
  },
  {
    kind: 'number',
    key: 'classes',
    label: 'Classes',
    help: 'Classes of a multiclass task.',
    integer: true,
    min: 3,
    max: 20,
    step: 1,
    default: 3,
    control: 'box',
    advanced: true,
  },
];

interface Settings {
  rows: number;
  numFeatures: number;
  numCategorical: number;
  bins: number;
  numTasks: number;
  degrees: number[];
  noise: number[];
  kinds: TaskTypeId[];
  classes: number;
  gram: Float64Array;
  dataParams: Params;
}

function settingsOf({ data, tasks }: SourceRequest): Settings {
  const numTasks = tasks.count as number;
  const perTask = <T>(values: unknown): T[] =>
    Array.from({ length: numTasks }, (_, i) => cycled(values as T[], i));
  const matrix = tasks.matrix as number[][];
  return {
    rows: data.rows as number,
    numFeatures: data.features as number,
    numCategorical: data.categorical as number,
    bins: data.bins as number,
    numTasks,
    degrees: perTask<number>(tasks.degrees),
    noise: perTask<number>(data.noise),
    kinds: perTask<TaskTypeId>(tasks.kinds),
    classes: tasks.classes as number,
    gram:
      tasks.cosineKind === 'matrix'
        ? Float64Array.from(matrix.flat())
        : constantGram(numTasks, tasks.rho as number),
    dataParams: data,
  };
}

function check(request: SourceRequest): Issue[] {
  const { data, tasks } = request;
  const s = settingsOf(request);
  const issues: Issue[] = [];
  if (s.numTasks > s.numFeatures) {
    issues.push({
      path: 'data.params.features',
      expected: `at least as many features as tasks (${s.numTasks})`,
      got: String(s.numFeatures),
      remedy: 'Use more features or fewer tasks: T orthonormal rows need T dimensions.',
    });
  }
  if (s.numCategorical > s.numFeatures) {
    issues.push({
      path: 'data.params.categorical',
      expected: `at most the ${s.numFeatures} features`,
      got: String(s.numCategorical),
      remedy: 'Make fewer features categorical.',
    });
  }
  const bytes = 4 * s.rows * (s.numFeatures + s.numTasks);
  if (bytes > MAX_BYTES) {
    issues.push({
      path: 'data.params.rows',
      expected: `at most ${Math.floor(MAX_BYTES / 4 / (s.numFeatures + s.numTasks)).toLocaleString('en')} rows of ${s.numFeatures} features and ${s.numTasks} tasks (3 GiB)`,
      got: s.rows.toLocaleString('en'),
      remedy: 'Use fewer rows or fewer features.',
    });
  }
  issues.push(
    ...(tasks.cosineKind === 'matrix' ? checkMatrix(tasks, s) : checkRho(tasks.rho as number, s.numTasks)),
  );
  return [...issues, ...checkSplit(s.rows, data, 'data.params')];
}

function checkRho(rho: number, numTasks: number): Issue[] {
  const bound = numTasks > 1 ? -1 / (numTasks - 1) : -1;
  if (rho >= bound - EIGEN_TOLERANCE && rho <= 1) return [];
  return [
    {
      path: 'tasks.rho',
      expected: `a cosine from -1/(T-1) = ${bound.toFixed(4)} to 1 for T = ${numTasks} tasks`,
      got: String(rho),
      remedy: `No ${numTasks} vectors can be that opposed to each other. Raise the cosine, or use fewer tasks.`,
    },
  ];
}

function checkMatrix(tasks: Params, { gram, numTasks }: Settings): Issue[] {
  const path = 'tasks.matrix';
  const matrix = tasks.matrix as number[][];
  if (matrix.length !== numTasks) {
    return [
      {
        path,
        expected: `a ${numTasks} x ${numTasks} matrix, one row per task`,
        got: `${matrix.length} x ${matrix.length}`,
        remedy: 'Give one row per task, or change the number of tasks.',
      },
    ];
  }
  const badDiagonal = matrix.findIndex((row, i) => row[i] !== 1);
  if (badDiagonal >= 0) {
    return [
      {
        path: `${path}[${badDiagonal}][${badDiagonal}]`,
        expected: '1 on the diagonal, the cosine of a vector with itself',
        got: String(matrix[badDiagonal]?.[badDiagonal]),
        remedy: 'Set the diagonal to 1.',
      },
    ];
  }
  const smallest = symmetricEigen(gram, numTasks).values[0] as number;
  if (smallest >= -EIGEN_TOLERANCE) return [];
  return [
    {
      path,
      expected: 'a positive semi-definite matrix, smallest eigenvalue at least 0',
      got: `smallest eigenvalue ${smallest.toFixed(4)}`,
      remedy: 'These cosines contradict each other; move the most negative ones towards 0.',
    },
  ];
}

function plan(request: SourceRequest): DataPlan {
  const s = settingsOf(request);
  const features = Array.from({ length: s.numFeatures }, (_, i): FeatureMeta => {
    if (i >= s.numCategorical) return { name: `x${i + 1}`, kind: 'numeric', cardinality: 1 };
    const categories = Array.from({ length: s.bins }, (_, bin) => `bin ${bin + 1}`);
    return { name: `c${i + 1}`, kind: 'categorical', cardinality: s.bins, categories };
  });
  const tasks = s.kinds.map((type, i): TaskMeta => {
    const base = { name: `Task ${i + 1}`, type, description: `degree ${s.degrees[i]}` };
    if (type === 'regression') return { ...base, outputs: 1 };
    if (type === 'binary') return { ...base, outputs: 1, classes: [...HALVES], positive: HALVES[1] };
    const classes = Array.from({ length: s.classes }, (_, c) => `part ${c + 1} of ${s.classes}`);
    return { ...base, outputs: s.classes, classes };
  });
  return { rows: s.rows, features, tasks };
}

/** Features and labels before encoding: one column each. */
async function draw(s: Settings, progress: ProgressSink): Promise<{ x: Float32Array[]; y: Float32Array[] }> {
  const seed = s.dataParams.seed as number;
  const orthonormal = orthonormalRows(s.numTasks, s.numFeatures, rng(seed, 'data/weights'));
  const weights = weightVectors(s.gram, orthonormal, s.numTasks, s.numFeatures);
  const perTask = Array.from({ length: s.numTasks }, (_, i) =>
    weights.subarray(i * s.numFeatures, (i + 1) * s.numFeatures),
  );
  const x = Array.from({ length: s.numFeatures }, () => new Float32Array(s.rows));
  const y = perTask.map(() => new Float32Array(s.rows));
  const row = new Float64Array(s.numFeatures);
  for (let start = 0, chunk = 0; start < s.rows; start += CHUNK_ROWS, chunk++) {
    // A stream per chunk: the rows do not depend on how work is cut up in time.
    const features = rng(seed, 'data/features', chunk);
    const noise = rng(seed, 'data/noise', chunk);
    const end = Math.min(s.rows, start + CHUNK_ROWS);
    for (let r = start; r < end; r++) {
      for (let k = 0; k < row.length; k++) {
        row[k] = features.normal();
        (x[k] as Float32Array)[r] = row[k] as number;
      }
      for (let i = 0; i < perTask.length; i++) {
        const linear = dot(perTask[i] as Float64Array, row);
        (y[i] as Float32Array)[r] =
          polynomial(linear, s.degrees[i] as number) + (s.noise[i] as number) * noise.normal();
      }
    }
    await progress(end / s.rows, 'Drawing rows');
  }
  return { x, y };
}

/** Features and labels lie around 0 as they are drawn, so 0 is the origin and no digit is lost. */
const fitGenerated = (column: Float32Array, train: Uint32Array) => fitColumn(column, train, 0).scaling;

/** By name, of numbers and labels that come with trained weights; quantiles are those of the rows at hand. */
function scalingsOf(given: FittedTable | undefined): ReadonlyMap<string, Standardisation> {
  const columns = [...(given?.features ?? []), ...(given?.targets ?? [])];
  return new Map(
    columns.flatMap((column): [string, Standardisation][] =>
      'scaling' in column && column.scaling ? [[column.name, column.scaling]] : [],
    ),
  );
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const s = settingsOf(request);
  const { rows, features, tasks } = plan(request);
  const { x, y } = await draw(s, progress);
  const split = splitRows(rows, s.dataParams);
  await progress(1, 'Splitting rows');

  const categorical: Int32Array[] = [];
  for (const column of x.splice(0, s.numCategorical)) {
    categorical.push(binCodes(column, fitQuantiles(column, split.train, s.bins)));
    await progress(1, 'Binning features');
  }
  const given = scalingsOf(request.fitted);
  const numericNames = features.filter((f) => f.kind === 'numeric').map((f) => f.name);
  const featureScaling = x.map((column, i) => {
    const own = s.dataParams.standardiseFeatures ? fitGenerated(column, split.train) : IDENTITY;
    return given.get(numericNames[i] ?? '') ?? own;
  });
  for (const [i, column] of x.entries()) {
    standardise(column, featureScaling[i] ?? IDENTITY);
    await progress(1, 'Standardising features');
  }
  const targetScaling = tasks.map((task, i) => {
    if (task.type !== 'regression') return null;
    const column = y[i] as Float32Array;
    const own = s.dataParams.standardiseTargets ? fitGenerated(column, split.train) : IDENTITY;
    return given.get(task.name) ?? own;
  });
  const targets = tasks.map((task, i) => {
    const column = y[i] as Float32Array;
    const scaling = targetScaling[i];
    if (scaling) {
      standardise(column, scaling);
      return column;
    }
    const bins = task.type === 'binary' ? 2 : task.outputs;
    return Float32Array.from(binCodes(column, fitQuantiles(column, split.train, bins)));
  });
  await progress(1, 'Measuring relatedness');
  requireFinite(targets, tasks);
  const { numTasks, gram, degrees, noise } = s;
  return {
    name: 'MultiTab-Bench',
    rows,
    features,
    categorical,
    numeric: x,
    missing: x.map(() => null),
    tasks,
    targets,
    split,
    featureScaling,
    targetScaling,
    relatedness: {
      requestedCosine: gram,
      smallestEigenvalue: symmetricEigen(gram, numTasks).values[0] as number,
      closedForm: labelCorrelations(gram, degrees, noise),
      realised: correlations(targets, split.train),
    },
    notes: [...notesOf(s), ...splitNotes(tasks, targets, split)],
  };
}

function notesOf(s: Settings): Note[] {
  const notes: Note[] = [];
  if (s.kinds.some((k) => k !== 'regression')) {
    notes.push({
      code: 'labels-cut-into-classes',
      text: 'Classes are cut from a continuous label by quantiles of the training rows. The closed form is the correlation of those labels before the cut, so it differs from the realised one for these tasks.',
    });
  }
  if (s.numCategorical > 0) {
    notes.push({
      code: 'features-cut-into-categories',
      text: `${s.numCategorical} features are cut into ${s.bins} categories; labels follow the values before the cut, so part of the signal is hidden from every model.`,
    });
  }
  return notes;
}

function requireFinite(targets: readonly Float32Array[], tasks: readonly TaskMeta[]): void {
  targets.forEach((column, i) => {
    if (column.every(Number.isFinite)) return;
    throw WorkbenchError.of('data', {
      path: `label of ${tasks[i]?.name}`,
      expected: 'finite numbers',
      got: 'values beyond float32',
      remedy: 'Lower the degree or the noise of this task.',
    });
  });
}

export const multitabBench: DataSource = {
  id: 'multitab-bench',
  label: 'MultiTab-Bench',
  summary: 'Synthetic tables with tunable task count, cosine between tasks and degree per task.',
  citation: `${PAPER}, AAAI 2026`,
  deviations: [
    'Validation and test are fresh rows from the same weight vectors; the public code reuses its training rows.',
    'A cosine that no set of vectors can have is refused; the public code clamps it silently.',
    'Regression targets are standardised by default; the public code trains on raw labels.',
  ],
  dataParams,
  taskParams,
  check,
  plan,
  generate,
};
