// Training of a network whose outputs are linear in a few directions: f(w) = f + slopes w, the mean losses of some tasks and a ridge,
// minimised by Newton's method in float64.
import { MISSING_LABEL } from '../../data/labels.ts';
import type { LossKind } from '../../kernels/ops/taskLoss/index.ts';
import { solve } from './dense.ts';

/** B rows of a task with O outputs. */
export interface TaskRows {
  kind: LossKind;
  outputs: number;
  /** [B], as in a batch */
  targets: ArrayLike<number>;
  /** Outputs where the directions begin, [B, O]. */
  at: Float64Array;
  /** Their slopes per direction, d of [B, O]. */
  slopes: readonly Float64Array[];
}

/** The smallest ridge, as a share of the mean curvature at the start. */
const RIDGE = 0.1;
const MOST_STEPS = 30;
/** The last one leaves |w| within a thousandth of the longest. */
const BISECTIONS = 12;

interface Local {
  value: number;
  gradient: Float64Array;
  hessian: Float64Array;
}

/**
 * w = argmin of the sum over the tasks of their mean losses at f + slopes w, plus ridge |w|^2 / 2. The ridge is a tenth of the mean
 * diagonal entry of the Hessian at w = 0, or, where |w| would exceed `longest`, as large as that takes.
 * @returns [d]
 */
export function fitLinearised(
  tasks: readonly TaskRows[],
  d: number,
  longest = Number.POSITIVE_INFINITY,
): Float64Array {
  const start = new Float64Array(d);
  const { hessian } = lossAt(tasks, start);
  let trace = 0;
  for (let k = 0; k < d; k++) trace += hessian[k * (d + 1)] as number;
  let low = (RIDGE * trace) / d;
  // Outputs that no direction moves: there is nothing to fit.
  if (!(low > 0)) return start;
  let w = minimise(tasks, start, low);
  if (lengthOf(w) <= longest) return w;
  let high = low;
  do {
    high *= 8;
    w = minimise(tasks, w, high);
  } while (lengthOf(w) > longest);
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = Math.sqrt(low * high);
    const between = minimise(tasks, w, middle);
    if (lengthOf(between) > longest) low = middle;
    else [high, w] = [middle, between];
  }
  return w;
}

const lengthOf = (w: Float64Array): number => Math.hypot(...w);

/** Newton's method with halved steps. */
function minimise(tasks: readonly TaskRows[], from: Float64Array, ridge: number): Float64Array {
  const d = from.length;
  const locally = (w: Float64Array): Local => {
    const { value, gradient, hessian } = lossAt(tasks, w);
    return {
      value: value + (ridge / 2) * w.reduce((sum, v) => sum + v * v, 0),
      gradient: gradient.map((g, k) => g + ridge * (w[k] as number)),
      hessian: hessian.map((h, k) => (k % (d + 1) === 0 ? h + ridge : h)),
    };
  };
  let w = from;
  let here = locally(w);
  for (let step = 0; step < MOST_STEPS; step++) {
    const way = solve(here.hessian, here.gradient);
    if (!way) break;
    const falls = way.reduce((sum, v, k) => sum + v * (here.gradient[k] as number), 0);
    if (falls <= 1e-14 * Math.abs(here.value)) break;
    let length = 1;
    let next = w;
    let there = here;
    do {
      const by = length;
      next = w.map((v, k) => v - by * (way[k] as number));
      there = locally(next);
      length /= 2;
    } while (!(there.value < here.value) && length > 1e-6);
    if (!(there.value < here.value)) break;
    [w, here] = [next, there];
  }
  return w;
}

/** Sum of the mean losses of the tasks over the rows that have a label, with its derivatives by w. */
export function lossAt(tasks: readonly TaskRows[], w: Float64Array): Local {
  const d = w.length;
  const total: Local = { value: 0, gradient: new Float64Array(d), hessian: new Float64Array(d * d) };
  for (const task of tasks) {
    const { outputs, targets, at, slopes } = task;
    const rows = Array.from(targets, (_t, row) => row).filter((row) => targets[row] !== MISSING_LABEL);
    for (const row of rows) {
      const z = Float64Array.from({ length: outputs }, (_, o) => {
        const k = row * outputs + o;
        return slopes.reduce((sum, s, i) => sum + (s[k] as number) * (w[i] as number), at[k] as number);
      });
      addRow(total, task, row, z, 1 / rows.length);
    }
  }
  return total;
}

/** Adds a row's loss, by share, as the kernels of `ops/taskLoss` have it. */
function addRow(total: Local, task: TaskRows, row: number, z: Float64Array, share: number): void {
  const { kind, outputs, slopes, targets } = task;
  const { value, first, second } = ofOutputs(kind, z, targets[row] as number);
  const d = slopes.length;
  total.value += share * value;
  // Slopes of the row, by output.
  for (let o = 0; o < outputs; o++) {
    for (let p = 0; p < outputs; p++) {
      const curvature = share * (second[o * outputs + p] as number);
      if (curvature === 0) continue;
      for (let i = 0; i < d; i++) {
        const left = curvature * (slopes[i]?.[row * outputs + o] as number);
        for (let j = 0; j < d; j++)
          total.hessian[i * d + j] =
            (total.hessian[i * d + j] as number) + left * (slopes[j]?.[row * outputs + p] as number);
      }
    }
    for (let i = 0; i < d; i++)
      total.gradient[i] =
        (total.gradient[i] as number) +
        share * (first[o] as number) * (slopes[i]?.[row * outputs + o] as number);
  }
}

/** Value, first [O] and second [O, O] derivatives of a row's loss by its outputs. */
function ofOutputs(kind: LossKind, z: Float64Array, target: number) {
  const z0 = z[0] as number;
  switch (kind) {
    case 'squared-error': {
      const error = z0 - target;
      return { value: error * error, first: [2 * error], second: [2] };
    }
    case 'binary': {
      const p = 1 / (1 + Math.exp(-z0));
      const value = Math.max(z0, 0) - z0 * target + Math.log1p(Math.exp(-Math.abs(z0)));
      return { value, first: [p - target], second: [p * (1 - p)] };
    }
    case 'multiclass': {
      const most = Math.max(...z);
      const powers = z.map((v) => Math.exp(v - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      const p = powers.map((v) => v / sum);
      return {
        value: Math.log(sum) + most - (z[target] as number),
        first: p.map((v, o) => v - +(o === target)),
        second: Float64Array.from({ length: z.length ** 2 }, (_, k) => {
          const [o, q] = [Math.floor(k / z.length), k % z.length];
          return (p[o] as number) * (+(o === q) - (p[q] as number));
        }),
      };
    }
    default:
      return kind satisfies never;
  }
}
