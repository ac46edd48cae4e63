import { expect, it } from 'vitest';
import type { RunRecord } from '../../../store/runRecord.ts';
import { runBefore, spokenResult } from './spoken.ts';
import { finished, run, seed } from './testing.ts';

const ended = (number: number, gain: number): RunRecord => ({
  ...run([seed(0, finished(0, gain), null)]),
  runId: `run ${number}`,
  number,
  status: 'finished',
});

it('says the gain, its tasks, and that of the run before', () => {
  const [first, second] = [ended(1, 3), ended(2, -4)];
  const text = spokenResult(second, first, null).replaceAll('\u00a0', ' ');
  expect(text).toBe(
    'Result of run 2: gain total +1.0 %, 1 seed. By task, total: Task 1 −4.0 %, Task 2 +2.0 %. In run 1, total was +1.0 %.',
  );
  expect(spokenResult(first, null, null)).not.toContain('In run');
  const flagged = run([seed(0, finished(0, 3, 'baseline-near-zero'), null)]);
  expect(spokenResult(flagged, null, null)).toContain('By task, total: Task 1 +0.0500 in its metric');
});

it('compares with the newest earlier run that has a gain, and not with the example', () => {
  const runs = [{ ...ended(0, 1), isExample: true }, ended(1, 1), ended(3, 1), ended(2, 1), ended(5, 1)];
  const running = { ...ended(4, 1), status: 'running' as const };
  expect(runBefore(ended(4, 1), runs)?.number).toBe(3);
  expect(runBefore(ended(5, 1), [...runs, running])?.number).toBe(3);
  expect(runBefore(ended(1, 1), runs)).toBeNull();
});

it('says the metric of each task where there is no gain, and nothing where nothing was tested', () => {
  const result = { ...finished(0, 0.8), gain: null, baseline: null };
  const alone = { ...run([seed(0, result, null)]), status: 'finished' as const };
  expect(spokenResult(alone, null, null)).toBe('Result of run 1: Task 1 AUROC 0.8000, Task 2 AUROC 0.8000.');
  expect(spokenResult(run([]), null, null)).toBe('');
});
