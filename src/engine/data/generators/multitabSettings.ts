// The settings of MultiTab-Bench, derived values, and issues where settings contradict each other. The public code clamps
// cosines that no vectors can have; here they are refused.
import { defineParams, type SettingsOf, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import type { Issue } from '../../core/errors.ts';
import { symmetricEigen } from '../../core/linearAlgebra.ts';
import { encodeParams } from '../encode.ts';
import type { SourceRequest } from '../source.ts';
import { checkSplit, splitParams } from '../split.ts';
import type { TaskTypeId } from '../table.ts';
import { constantGram } from './polynomialLabels.ts';

export const PAPER = 'Sinodinos et al. 2025, arXiv 2511.09970';
/** Columns are float32; browsers refuse much more memory than this in one worker. */
const MAX_BYTES = 3 * 2 ** 30;
/** Eigenvalues above minus this count as zero. */
const EIGEN_TOLERANCE = 1e-9;

export const dataParams = defineParams([
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
]);

export const taskParams = defineParams([
  {
    kind: 'number',
    key: 'count',
    label: 'Count',
    help: 'Number of tasks: columns of labels that are made from the same features.',
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
    help: 'Degree d of each label, which is s + s^2 + ... + s^d with s the weighted sum of the features; the higher, the harder to learn. Repeated when there are more tasks.',
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
]);

/** Settings of data and tasks, with repeated lists expanded per task. */
export interface BenchSettings {
  data: SettingsOf<typeof dataParams>;
  tasks: SettingsOf<typeof taskParams>;
  numTasks: number;
  degrees: number[];
  noise: number[];
  kinds: TaskTypeId[];
  /** Requested cosines between weight vectors, row-major [T, T]. */
  gram: Float64Array;
}

export function benchSettings(request: SourceRequest): BenchSettings {
  const data = settingsOf(dataParams, request.data);
  const tasks = settingsOf(taskParams, request.tasks);
  const numTasks = tasks.count;
  const perTask = <T>(values: readonly T[]): T[] =>
    Array.from({ length: numTasks }, (_, i) => cycled(values, i));
  return {
    data,
    tasks,
    numTasks,
    degrees: perTask(tasks.degrees),
    noise: perTask(data.noise),
    kinds: perTask(tasks.kinds),
    gram:
      tasks.cosineKind === 'matrix'
        ? Float64Array.from(tasks.matrix.flat())
        : constantGram(numTasks, tasks.rho),
  };
}

export function checkBench(request: SourceRequest): Issue[] {
  const { data, tasks, numTasks, gram } = benchSettings(request);
  const issues: Issue[] = [];
  if (numTasks > data.features) {
    issues.push({
      path: 'data.params.features',
      expected: `at least as many features as tasks (${numTasks})`,
      got: String(data.features),
      remedy: 'Use more features or fewer tasks: T orthonormal rows need T dimensions.',
    });
  }
  if (data.categorical > data.features) {
    issues.push({
      path: 'data.params.categorical',
      expected: `at most the ${data.features} features`,
      got: String(data.categorical),
      remedy: 'Make fewer features categorical.',
    });
  }
  const bytes = 4 * data.rows * (data.features + numTasks);
  if (bytes > MAX_BYTES) {
    issues.push({
      path: 'data.params.rows',
      expected: `at most ${Math.floor(MAX_BYTES / 4 / (data.features + numTasks)).toLocaleString('en')} rows of ${data.features} features and ${numTasks} tasks (3 GiB)`,
      got: data.rows.toLocaleString('en'),
      remedy: 'Use fewer rows or fewer features.',
    });
  }
  issues.push(
    ...(tasks.cosineKind === 'matrix'
      ? checkMatrix(tasks.matrix, gram, numTasks)
      : checkRho(tasks.rho, numTasks)),
  );
  return [...issues, ...checkSplit(data.rows, request.data, 'data.params')];
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

function checkMatrix(matrix: readonly number[][], gram: Float64Array, numTasks: number): Issue[] {
  const path = 'tasks.matrix';
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
