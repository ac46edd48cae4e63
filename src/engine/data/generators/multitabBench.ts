// MultiTab-Bench as a data source (Sinodinos et al. 2025, arXiv 2511.09970): synthetic multitask tables with tunable task
// count, cosine between tasks and degree per task. The public code clamps impossible cosines and tests on its training set;
// this one refuses such cosines and draws fresh test rows.
import { WorkbenchError } from '../../core/errors.ts';
import { dot, orthonormalRows, symmetricEigen } from '../../core/linearAlgebra.ts';
import type { Note } from '../../core/notes.ts';
import { rng } from '../../core/rng.ts';
import { binCodes, fitColumn, fitQuantiles, IDENTITY, standardise } from '../encode.ts';
import type { ProgressSink } from '../progress.ts';
import { correlations } from '../relatedness.ts';
import type { DataPlan, DataSource, SourceRequest } from '../source.ts';
import { splitRows } from '../split.ts';
import { splitNotes } from '../splitNotes.ts';
import type { Dataset, FeatureMeta, FittedTable, Standardisation, TaskMeta } from '../table.ts';
import {
  type BenchSettings,
  benchSettings,
  checkBench,
  dataParams,
  PAPER,
  taskParams,
} from './multitabSettings.ts';
import { labelCorrelations, polynomial, weightVectors } from './polynomialLabels.ts';

const CHUNK_ROWS = 8192;
/** Class names of a binary label, below and above the cut; the upper one is positive. */
const HALVES = ['lower half', 'upper half'] as const;

function plan(request: SourceRequest): DataPlan {
  const s = benchSettings(request);
  const features = Array.from({ length: s.data.features }, (_, i): FeatureMeta => {
    if (i >= s.data.categorical) return { name: `x${i + 1}`, kind: 'numeric', cardinality: 1 };
    const categories = Array.from({ length: s.data.bins }, (_, bin) => `bin ${bin + 1}`);
    return { name: `c${i + 1}`, kind: 'categorical', cardinality: s.data.bins, categories };
  });
  const tasks = s.kinds.map((type, i): TaskMeta => {
    const base = { name: `Task ${i + 1}`, type, description: `degree ${s.degrees[i]}` };
    if (type === 'regression') return { ...base, outputs: 1 };
    if (type === 'binary') return { ...base, outputs: 1, classes: [...HALVES], positive: HALVES[1] };
    const classes = Array.from({ length: s.tasks.classes }, (_, c) => `part ${c + 1} of ${s.tasks.classes}`);
    return { ...base, outputs: s.tasks.classes, classes };
  });
  return { rows: s.data.rows, features, tasks };
}

/** Draws features and labels before encoding, one column each. */
async function draw(
  s: BenchSettings,
  progress: ProgressSink,
): Promise<{ x: Float32Array[]; y: Float32Array[] }> {
  const seed = s.data.seed;
  const orthonormal = orthonormalRows(s.numTasks, s.data.features, rng(seed, 'data/weights'));
  const weights = weightVectors(s.gram, orthonormal, s.numTasks, s.data.features);
  const perTask = Array.from({ length: s.numTasks }, (_, i) =>
    weights.subarray(i * s.data.features, (i + 1) * s.data.features),
  );
  const x = Array.from({ length: s.data.features }, () => new Float32Array(s.data.rows));
  const y = perTask.map(() => new Float32Array(s.data.rows));
  const row = new Float64Array(s.data.features);
  for (let start = 0, chunk = 0; start < s.data.rows; start += CHUNK_ROWS, chunk++) {
    // One random stream per chunk, so that rows do not depend on where the work pauses.
    const features = rng(seed, 'data/features', chunk);
    const noise = rng(seed, 'data/noise', chunk);
    const end = Math.min(s.data.rows, start + CHUNK_ROWS);
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
    await progress(end / s.data.rows, 'Drawing rows');
  }
  return { x, y };
}

/** Generated features and labels lie around 0, so with 0 as the origin no digit is lost. */
const fitGenerated = (column: Float32Array, train: Uint32Array) => fitColumn(column, train, 0).scaling;

/** Scalings by name, of numbers and labels that come with trained weights; quantiles are fitted on the current rows. */
function scalingsOf(given: FittedTable | undefined): ReadonlyMap<string, Standardisation> {
  const columns = [...(given?.features ?? []), ...(given?.targets ?? [])];
  return new Map(
    columns.flatMap((column): [string, Standardisation][] =>
      'scaling' in column && column.scaling ? [[column.name, column.scaling]] : [],
    ),
  );
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const s = benchSettings(request);
  const { rows, features, tasks } = plan(request);
  const { x, y } = await draw(s, progress);
  const split = splitRows(rows, request.data);
  await progress(1, 'Splitting rows');

  const categorical: Int32Array[] = [];
  for (const column of x.splice(0, s.data.categorical)) {
    categorical.push(binCodes(column, fitQuantiles(column, split.train, s.data.bins)));
    await progress(1, 'Binning features');
  }
  const given = scalingsOf(request.fitted);
  const numericNames = features.filter((f) => f.kind === 'numeric').map((f) => f.name);
  const featureScaling = x.map((column, i) => {
    const own = s.data.standardiseFeatures ? fitGenerated(column, split.train) : IDENTITY;
    return given.get(numericNames[i] ?? '') ?? own;
  });
  for (const [i, column] of x.entries()) {
    standardise(column, featureScaling[i] ?? IDENTITY);
    await progress(1, 'Standardising features');
  }
  const targetScaling = tasks.map((task, i) => {
    if (task.type !== 'regression') return null;
    const column = y[i] as Float32Array;
    const own = s.data.standardiseTargets ? fitGenerated(column, split.train) : IDENTITY;
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

function notesOf(s: BenchSettings): Note[] {
  const notes: Note[] = [];
  if (s.kinds.some((k) => k !== 'regression')) {
    notes.push({
      code: 'labels-cut-into-classes',
      text: 'Classes are cut from a continuous label by quantiles of the training rows. The closed form is the correlation of those labels before the cut, so it differs from the realised one for these tasks.',
    });
  }
  if (s.data.categorical > 0) {
    notes.push({
      code: 'features-cut-into-categories',
      text: `${s.data.categorical} features are cut into ${s.data.bins} categories; labels follow the values before the cut, so part of the signal is hidden from every model.`,
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
  check: checkBench,
  plan,
  generate,
};
