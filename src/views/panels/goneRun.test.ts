import { expect, it } from 'vitest';
import type { RunRecord } from '../../store/runRecord.ts';
import { goneOf } from './goneRun.ts';

const run = (number: number, status: RunRecord['status'] = 'finished') =>
  ({ number, isExample: number === 0, status }) as RunRecord;

it('networks can be asked while they train and where they are kept', () => {
  expect(goneOf(run(1, 'running'), { hasNetworks: false })).toBeNull();
  expect(goneOf(run(1), { hasNetworks: true })).toBeNull();
  expect(goneOf(run(1), { hasNetworks: false })).toMatch(/networks of run 1 are not kept/);
  expect(goneOf(run(2, 'interrupted'), null)).toMatch(/Run 2 was interrupted/);
  expect(goneOf(run(0), { hasNetworks: true })).toMatch(/recording/);
});
