import { expect, it } from 'vitest';
import type { Experiment } from '../../../engine/config/experiment.ts';
import type { NetworkResult } from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { maskRuns, maskRunsCsv } from './maskRuns.ts';

const experiment = (mask: string, customMask = '', width = 8) =>
  ({ seed: 0, model: { id: 'multitab-net', params: { width, mask, customMask } } }) as unknown as Experiment;

function run(number: number, own: Experiment, values: number[], isExample = false): RunRecord {
  const seedStates = values.map((value, seed) => {
    const test = [{ task: 'A', primary: 'auroc', metrics: { auroc: { value } } }];
    const gain = { perTask: [], mean: 10 * value, leftOut: 0 };
    return {
      seed,
      result: { seed, model: { test } as unknown as NetworkResult, baseline: null, gain, others: [] },
    };
  });
  return { runId: `r${number}`, number, isExample, experiment: own, seedStates } as unknown as RunRecord;
}

it('lists the tested runs that differ in their mask alone', () => {
  const runs = [
    run(0, experiment('TxT'), [0.9], true),
    run(1, experiment('TxT'), [0.5, 0.7]),
    run(2, experiment('none', '', 16), [0.9]),
    run(3, experiment('none', 'left over'), [0.8]),
    run(4, experiment('custom', '..@0:.x'), []),
    run(5, experiment('custom', '..@0:.x'), [0.1]),
  ];
  const found = maskRuns(runs, experiment('FxT'));
  expect(found.map((r) => [r.run, r.maskId, r.painted])).toEqual([
    ['Run 1', 'TxT', ''],
    ['Run 3', 'none', ''],
    ['Run 5', 'custom', '..@0:.x'],
  ]);
  expect(found[0]?.seeds).toEqual([0, 1]);
  expect(found[0]?.values[0]?.value).toBeCloseTo(0.6);
  expect(found[0]?.gain).toBeCloseTo(6);
  expect(maskRunsCsv(found, (id) => `mask ${id}`)).toContain(
    '\r\nRun 5,mask custom,..@0:.x,0,A,auroc,0.1,1\r\n',
  );
});
