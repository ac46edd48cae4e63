import { expect, it } from 'vitest';
import type { RunRecord } from '../../store/runRecord.ts';
import { goneOf } from './goneRun.ts';

it('knows which run the engine holds', () => {
  const run = (number: number) => ({ number, isExample: number === 0 }) as RunRecord;
  const runs = [run(0), run(1), run(2)];
  expect(goneOf(run(2), runs)).toBeNull();
  expect(goneOf(run(1), runs)).toMatch(/run 1 went when run 2 began/);
  expect(goneOf(run(0), [run(0)])).toMatch(/recording/);
});
