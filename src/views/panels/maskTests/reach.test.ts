import { describe, expect, it } from 'vitest';
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import { tableOf } from '../../charts/heatmap/outputs.ts';
import {
  explainReach,
  leaksCsv,
  leaksOf,
  pathOf,
  REACH_CELL,
  reachCsv,
  reachMaps,
  sourceGroups,
} from './reach.ts';

const report: MaskTestReport = {
  rows: 8,
  sources: [
    { name: 'A', group: 'task' },
    { name: 'B', group: 'task' },
    { name: 'x0', group: 'numeric' },
  ],
  tasks: ['A', 'B'],
  hops: [0, -1, 1, 2, 0, 1],
  paths: ['itself', 'none', 'one', 'two', 'itself', 'one'],
  influence: Float32Array.of(1, 0, 0.5, 0.25, 1, 0.125),
  otherRows: Float32Array.of(0, 0),
  otherRowsByToken: new Float32Array(6),
  companions: { batches: 2, spread: Float32Array.of(0, 0) },
  rowsCanMix: false,
  assertions: [],
};

describe('reach on the page', () => {
  it('lists the tasks that reach each other, strongest first', () => {
    expect(leaksOf(report)).toEqual({
      leaks: [{ task: 1, token: 0, path: 'two', measured: 0.25 }],
      pairs: 2,
    });
    expect(leaksCsv(report)).toBe('token,output,path,measured_influence\r\nA,B,two,0.25\r\n');
    const both = { ...report, hops: [0, 1, 1, 2, 0, 1], influence: Float32Array.of(1, 0.5, 0, 0.25, 1, 0) };
    expect(leaksOf(both).leaks.map((l) => [l.task, l.token])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('shows the influence on one scale with the run beside', () => {
    const beside = { ...report, influence: report.influence.map((v) => 4 * v) };
    expect(reachMaps(report).influence.scale).toMatchObject({ high: 1, ends: { high: '1.000' } });
    expect(reachMaps(report, beside).influence.scale).toEqual(reachMaps(beside, report).influence.scale);
    expect(reachMaps(report, beside).influence.scale).toMatchObject({ high: 4 });
  });

  it('groups the tokens by kind', () => {
    expect(sourceGroups(report)).toEqual([
      { name: 'task tokens', size: 2 },
      { name: 'numeric', size: 1 },
    ]);
  });

  it('reads the chosen cell', () => {
    expect(pathOf(report, { row: 1, column: 0 })).toBe('two');
    expect(explainReach(report, { row: 0, column: 1 }).pairs.map((p) => p.value)).toEqual(['no way', '0']);
    expect(explainReach(report, { row: 1, column: 1 }).pairs[0]?.value).toBe('read itself');
  });

  it('says the same as a table and as CSV', () => {
    const { hops, influence } = reachMaps(report);
    const spec = { what: '', fileName: '', caption: '', cell: REACH_CELL, maps: [hops, influence] };
    expect(tableOf(spec, { row: 0, column: 0 }).rows[0]).toEqual([
      'A',
      'read itself, 1.000',
      'no way, 0',
      '1, 0.5000',
    ]);
    expect(reachCsv(report).trim().split('\r\n').slice(0, 3)).toEqual([
      'task,token,fewest_hops,measured_influence,path',
      'A,A,0,1,itself',
      'A,B,,0,none',
    ]);
  });
});
