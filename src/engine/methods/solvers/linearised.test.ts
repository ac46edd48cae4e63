import { expect, it } from 'vitest';
import { MISSING_LABEL } from '../../data/labels.ts';
import { solve } from './dense.ts';
import { fitLinearised, lossAt, type TaskRows } from './linearised.ts';

const [ROWS, D] = [12, 3];
const wave = (k: number) => Math.sin(1 + 2.3 * k + 0.1 * k * k);

function rowsOf(kind: TaskRows['kind'], outputs: number, phase: number): TaskRows {
  const values = (offset: number) =>
    Float64Array.from({ length: ROWS * outputs }, (_, k) => wave(k + offset + phase));
  const label = (row: number) =>
    kind === 'squared-error' ? wave(3 * row + phase) : Math.floor(5 + 5 * wave(row)) % Math.max(outputs, 2);
  const targets = Float32Array.from({ length: ROWS }, (_, row) => (row === 4 ? MISSING_LABEL : label(row)));
  return { kind, outputs, targets, at: values(0), slopes: [101, 203, 307].map(values) };
}

it('has derivatives of the mean losses, rows without a label left out', () => {
  const tasks = [rowsOf('squared-error', 1, 0), rowsOf('binary', 1, 11), rowsOf('multiclass', 3, 23)];
  const w = Float64Array.of(0.3, -0.2, 0.5);
  const { value, gradient, hessian } = lossAt(tasks, w);
  expect(value).toBeLessThan(100);
  const h = 1e-5;
  for (let i = 0; i < D; i++) {
    const moved = (by: number) =>
      lossAt(
        tasks,
        w.map((v, k) => (k === i ? v + by : v)),
      );
    const [up, down] = [moved(h), moved(-h)];
    expect((up.value - down.value) / (2 * h)).toBeCloseTo(gradient[i] as number, 7);
    for (let j = 0; j < D; j++)
      expect(((up.gradient[j] as number) - (down.gradient[j] as number)) / (2 * h)).toBeCloseTo(
        hessian[i * D + j] as number,
        6,
      );
  }
});

it('finds the ridge regression of squared errors', () => {
  const task = rowsOf('squared-error', 1, 0);
  const at0 = lossAt([task], new Float64Array(D));
  const ridge =
    (0.1 * ((at0.hessian[0] as number) + (at0.hessian[4] as number) + (at0.hessian[8] as number))) / D;
  const system = at0.hessian.map((v, k) => v + (k % (D + 1) === 0 ? ridge : 0));
  const expected = solve(
    system,
    at0.gradient.map((g) => -g),
  );
  fitLinearised([task], D).forEach((v, k) => {
    expect(v).toBeCloseTo(expected?.[k] as number, 10);
  });
});

it('ends where the gradient of losses and ridge is 0, whatever the tasks', () => {
  const tasks = [rowsOf('binary', 1, 5), rowsOf('multiclass', 3, 7)];
  const start = lossAt(tasks, new Float64Array(D));
  const ridge =
    (0.1 * ((start.hessian[0] as number) + (start.hessian[4] as number) + (start.hessian[8] as number))) / D;
  const w = fitLinearised(tasks, D);
  const end = lossAt(tasks, w);
  expect(end.value).toBeLessThan(start.value);
  end.gradient.forEach((g, k) => {
    expect(g + ridge * (w[k] as number)).toBeCloseTo(0, 6);
  });
});

it('stays where no direction moves an output', () => {
  const still = { ...rowsOf('binary', 1, 0), slopes: [0, 1, 2].map(() => new Float64Array(ROWS)) };
  expect(Array.from(fitLinearised([still], D))).toEqual([0, 0, 0]);
});

it('goes as far as it may, where it would go farther', () => {
  const tasks = [rowsOf('squared-error', 1, 0), rowsOf('binary', 1, 11)];
  const free = fitLinearised(tasks, D);
  const longest = Math.hypot(...free) / 3;
  const bounded = fitLinearised(tasks, D, longest);
  expect(Math.hypot(...bounded)).toBeLessThanOrEqual(longest);
  expect(Math.hypot(...bounded)).toBeGreaterThan(0.995 * longest);
  // Of the points that are as far away, it is the best: the gradient points straight to where it came from.
  const { gradient } = lossAt(tasks, bounded);
  const along = gradient.reduce((sum, g, k) => sum + g * (bounded[k] as number), 0);
  expect(-along / (Math.hypot(...gradient) * Math.hypot(...bounded))).toBeCloseTo(1, 6);
});
