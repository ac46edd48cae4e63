// The parts of R-MTGB without trees: which tasks can be boosted together, the initial task weights, and the arithmetic of the
// score.
import type { Issue } from '../core/errors.ts';
import { rng } from '../core/rng.ts';
import type { TaskMeta } from '../data/table.ts';
import type { RobustSettings } from './params.ts';

/** Spread of theta before the second block (the authors draw from N(0, 0.1^2)). */
const THETA_SPREAD = 0.1;
/** Random part of theta, which separates two equally unrelated tasks. */
const THETA_NOISE = 0.01;

/** Why these tasks or settings cannot be boosted together; empty if they can. */
export function checkRobustBoosters(tasks: readonly TaskMeta[], settings: RobustSettings): Issue[] {
  const issues: Issue[] = [];
  const first = tasks[0];
  const remedy = 'Choose targets of one type, or boost each task on its own.';
  if (tasks.length < 2) {
    issues.push({ path: 'data.tasks', expected: 'at least 2 tasks', got: String(tasks.length), remedy });
  }
  for (const task of tasks.slice(1)) {
    const path = `data.tasks.${task.name}`;
    if (task.type !== first!.type) {
      const expected = `${first!.type}, as ${first!.name}: shared trees need one kind of score`;
      issues.push({ path, expected, got: task.type, remedy });
    } else if (task.outputs !== first!.outputs) {
      const expected = `${first!.outputs} classes, as ${first!.name}: shared trees need one kind of score`;
      issues.push({ path, expected, got: `${task.outputs} classes`, remedy });
    }
  }
  const { rounds, sharedRounds, outlierRounds } = settings;
  if (sharedRounds + outlierRounds > rounds) {
    issues.push({
      path: 'model.params.sharedRounds',
      expected: `at most ${rounds} rounds in the shared and the outlier block together`,
      got: String(sharedRounds + outlierRounds),
      remedy: 'Lower the rounds of the first two blocks, or raise the number of rounds.',
    });
  }
  return issues;
}

/**
 * Initial theta: how little each task's gradients agree with those of the others, by cosine, standardised over the tasks.
 * @param gradients - [tasks][outputs], each [rows]
 * @returns single-precision numbers, one per task
 */
export function startThetas(gradients: readonly Float32Array[][], seed: number): Float32Array {
  const agreement = gradients.map((own, t) => {
    let sum = 0;
    for (const [s, other] of gradients.entries()) if (s !== t) sum += cosine(own, other);
    return sum / Math.max(1, gradients.length - 1);
  });
  const mean = agreement.reduce((a, b) => a + b, 0) / agreement.length;
  const deviation = Math.sqrt(agreement.reduce((a, b) => a + (b - mean) ** 2, 0) / agreement.length);
  return Float32Array.from(agreement, (value, t) => {
    const unlike = deviation > 1e-6 ? (mean - value) / deviation : 0;
    return THETA_SPREAD * unlike + THETA_NOISE * rng(seed, 'trees/theta', t).normal();
  });
}

/** All rows that occur in any list, ascending. */
export function unionOf(lists: readonly Uint32Array[]): Uint32Array {
  const rows = new Set<number>();
  for (const list of lists) for (const row of list) rows.add(row);
  return Uint32Array.from(rows).sort();
}

/** sum += weight * values, in the given rows */
export function addScaled(sum: Float32Array, values: Float32Array, rows: Uint32Array, weight: number): void {
  for (const row of rows) sum[row] = sum[row]! + weight * values[row]!;
}

/** Cosine of two sets of columns; 0 when one of them is 0 everywhere. */
function cosine(a: Float32Array[], b: Float32Array[]): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [k, column] of a.entries()) {
    const other = b[k]!;
    for (let row = 0; row < column.length; row++) {
      dot += column[row]! * other[row]!;
      squaresA += column[row]! ** 2;
      squaresB += other[row]! ** 2;
    }
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale > 0 ? dot / scale : 0;
}

/** out = shared + (1 - weight) common + weight outlier + own, entry by entry. */
export function mix(
  out: Float32Array,
  shared: Float32Array,
  common: Float32Array,
  outlier: Float32Array,
  own: Float32Array,
  weight: number,
): Float32Array {
  for (let i = 0; i < out.length; i++) {
    out[i] = shared[i]! + (1 - weight) * common[i]! + weight * outlier[i]! + own[i]!;
  }
  return out;
}
