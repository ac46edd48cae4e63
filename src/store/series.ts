// The losses of every step, outside React: appended as they arrive, thinned when they are drawn. A run of a million steps takes
// a few typed arrays.
import type { Role } from '../engine/core/roles.ts';
import type { RunEvent } from '../engine/protocol/run.ts';

/** Points of a per-step series, thinned for drawing. All arrays have one entry per point. */
export interface SeriesPoints {
  steps: number[];
  /** One array per task. */
  taskLosses: number[][];
  gradientNorms: number[];
}

type StepsEvent = Extract<RunEvent, { type: 'steps' }>;

interface Series {
  numTasks: number;
  length: number;
  firstStep: number;
  /** Row-major [capacity, tasks + 1]; the last column is the gradient norm. */
  values: Float32Array;
  /** The points of the last reading that no further step changes. */
  settled: { perPoint: number; points: SeriesPoints } | null;
}

const series = new Map<string, Series>();
/** Series of stored runs, with as many points as were stored. */
const thinned = new Map<string, SeriesPoints>();
const keyOf = (runId: string, seed: number, role: Role) => `${runId}/${seed}/${role}`;

export function appendSteps(event: StepsEvent): void {
  const key = keyOf(event.runId, event.seed, event.role);
  const steps = event.gradientNorms.length;
  if (steps === 0) return;
  const numTasks = event.taskLosses.length / steps;
  const width = numTasks + 1;
  let s = series.get(key);
  if (!s) {
    s = {
      numTasks,
      length: 0,
      firstStep: event.firstStep,
      values: new Float32Array(1024 * width),
      settled: null,
    };
    series.set(key, s);
  }
  // A resumed run may repeat steps after its checkpoint; they replace the old ones.
  const kept = Math.min(s.length, event.firstStep - s.firstStep);
  if (kept < s.length) s.settled = null;
  s.length = kept;
  if (s.length < 0) {
    s.length = 0;
    s.firstStep = event.firstStep;
  }
  if ((s.length + steps) * width > s.values.length) {
    const grown = new Float32Array(2 * (s.length + steps) * width);
    grown.set(s.values.subarray(0, s.length * width));
    s.values = grown;
  }
  for (let i = 0; i < steps; i++) {
    const row = (s.length + i) * width;
    for (let t = 0; t < numTasks; t++) s.values[row + t] = event.taskLosses[i * numTasks + t] ?? Number.NaN;
    s.values[row + numTasks] = event.gradientNorms[i] ?? Number.NaN;
  }
  s.length += steps;
}

/**
 * At most `maxPoints` points, each the mean of consecutive steps, after those that were stored; null if there are none. A step
 * in which a task has no label has no loss of that task (NaN) and is left out of the mean; the mean is NaN if no step remains.
 */
export function lossPoints(runId: string, seed: number, role: Role, maxPoints = 400): SeriesPoints | null {
  const key = keyOf(runId, seed, role);
  const s = series.get(key);
  const stored = thinned.get(key);
  if (!s || s.length === 0) return stored ?? null;
  const own = pointsOf(s, maxPoints);
  return stored ? joined(before(stored, s.firstStep), own) : own;
}

/** The first `count` points. */
const first = ({ steps, taskLosses, gradientNorms }: SeriesPoints, count: number): SeriesPoints => ({
  steps: steps.slice(0, count),
  taskLosses: taskLosses.map((losses) => losses.slice(0, count)),
  gradientNorms: gradientNorms.slice(0, count),
});

/** The points of steps before `step`. */
const before = (points: SeriesPoints, step: number): SeriesPoints =>
  first(points, points.steps.filter((s) => s < step).length);

const joined = (earlier: SeriesPoints, later: SeriesPoints): SeriesPoints => ({
  steps: [...earlier.steps, ...later.steps],
  taskLosses: later.taskLosses.map((losses, t) => [...(earlier.taskLosses[t] ?? []), ...losses]),
  gradientNorms: [...earlier.gradientNorms, ...later.gradientNorms],
});

/** Charts read the series ten times a second: only points that the newest steps change are computed again. */
function pointsOf(s: Series, maxPoints: number): SeriesPoints {
  const width = s.numTasks + 1;
  const perPoint = Math.ceil(s.length / maxPoints);
  const points: SeriesPoints =
    s.settled?.perPoint === perPoint
      ? first(s.settled.points, s.settled.points.steps.length)
      : { steps: [], taskLosses: Array.from({ length: s.numTasks }, () => []), gradientNorms: [] };
  for (let from = points.steps.length * perPoint; from < s.length; from += perPoint) {
    const to = Math.min(s.length, from + perPoint);
    const mean = (column: number) => {
      let [sum, count] = [0, 0];
      for (let i = from; i < to; i++) {
        const value = s.values[i * width + column] as number;
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
      return sum / count;
    };
    points.steps.push(s.firstStep + to - 1);
    for (let t = 0; t < s.numTasks; t++) points.taskLosses[t]?.push(mean(t));
    points.gradientNorms.push(mean(s.numTasks));
  }
  s.settled = { perPoint, points: first(points, Math.floor(s.length / perPoint)) };
  return points;
}

/** Losses of the steps of one network as they are stored. */
export interface StoredSeries {
  seed: number;
  role: Role;
  points: SeriesPoints;
}

const STORED_POINTS = 800;

export function storedSeries(runId: string): StoredSeries[] {
  return [...series.keys()]
    .filter((key) => key.startsWith(`${runId}/`))
    .map((key) => {
      // The id of a run of a sweep holds a slash itself.
      const [seed, role] = key.slice(runId.length + 1).split('/') as [string, Role];
      const points = lossPoints(runId, Number(seed), role, STORED_POINTS);
      return points && { seed: Number(seed), role, points };
    })
    .filter((stored) => stored !== null);
}

/** The steps between two points belong to the later point. */
export function restoreSeries(runId: string, stored: readonly StoredSeries[]): void {
  for (const { seed, role, points } of stored) thinned.set(keyOf(runId, seed, role), points);
}

export function forgetSeries(runId: string): void {
  for (const kept of [series, thinned])
    for (const key of kept.keys()) if (key.startsWith(`${runId}/`)) kept.delete(key);
}
