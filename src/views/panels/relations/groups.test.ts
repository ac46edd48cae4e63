import { describe, expect, it } from 'vitest';
import { everyPair, withGroups } from '../../../engine/config/together.ts';
import type { RelationMeasure } from '../../../engine/core/relationSummary.ts';
import type { Decomposition } from '../../../engine/protocol/gain.ts';
import type { TestedNetwork } from '../../../store/runRecord.ts';
import { experiment } from '../runs/testing.ts';
import {
  outcomeCsv,
  outcomeTable,
  proposal,
  proposalCsv,
  proposalTable,
  truthMeasures,
  truthsOfRun,
} from './groups.ts';

const NAMES = ['task1', 'task2', 'task3'];

/** Tasks 1 and 3 agree; task 2 conflicts with both. */
const measure: RelationMeasure = {
  id: 'cosine',
  label: 'Cosine',
  matrix: Float64Array.of(1, -0.5, 0.25, -0.5, 1, -0.25, 0.25, -0.25, 1),
  isSymmetric: true,
};

/** A tested network with this sharing part. */
function tested(sharing: number[]): TestedNetwork {
  const perTask = sharing.map((value) => ({ metric: 'auroc', difference: { sharing: value } }));
  return { gain: null, decomposition: { perTask } as Decomposition } as TestedNetwork;
}

describe('a proposal', () => {
  it('has the chosen number of groups, or as many as score best', () => {
    const two = proposal(measure, 3, 2);
    expect(two.groups).toEqual([[0, 2], [1]]);
    expect(two.score).toBeCloseTo(1 / 6, 12);
    expect(proposal(measure, 3, null)).toEqual(two);
    expect(proposal(measure, 3, 3).score).toBe(0);
    expect(proposalTable(two, measure, NAMES).rows).toEqual([
      ['Task 1, Task 3', '0.2500, 0.2500'],
      ['Task 2', 'trains alone'],
    ]);
    expect(proposalCsv(two, measure, NAMES).split('\r\n').slice(1)).toEqual([
      'Cosine,1,task1,0.25',
      'Cosine,1,task3,0.25',
      'Cosine,2,task2,',
      '',
    ]);
  });
});

describe('what training in groups brought', () => {
  const run = (groupings: number[][][], ...seeds: Record<string, number[]>[]) => ({
    experiment: withGroups(experiment, groupings),
    seedStates: seeds.map((byRole) => ({
      tested: Object.fromEntries(Object.entries(byRole).map(([role, values]) => [role, tested(values)])),
      result: null,
    })),
  });

  it('is a column per grouping, mean over the seeds, as far as they have been tested', () => {
    const groups = [[[0, 2], [1]]];
    const some = run(groups, { model: [0.1, -0.2, 0], 'model-2': [0.2, 0, 0.1] }, { model: [0.3, 0, 0] });
    const table = outcomeTable(some, NAMES, (id) => id.toUpperCase());
    expect(table?.header).toEqual(['Task', 'All together', 'Task 1, Task 3 | Task 2']);
    expect(table?.rows[0]).toEqual(['Task 1 (AUROC)', '+0.2000', '+0.2000']);
    expect(table?.rows[1]).toEqual(['Task 2 (AUROC)', '−0.1000', '0.0000']);
    expect(outcomeCsv(some, NAMES)).toContain('\r\ntask2,auroc,-0.1,0\r\n');
    expect(outcomeTable(run(groups, { model: [0, 0, 0] }), NAMES, String)?.rows[0]?.[2]).toBe('not yet');
    expect(outcomeTable(run(groups), NAMES, String)).toBeNull();
    expect(outcomeTable(run([], { model: [0, 0, 0] }), NAMES, String)).toBeNull();
  });

  it('is a map of pairs, from the task that gives to the one that gets', () => {
    const pairs = run(everyPair(3), { model: [0, 0, 0], 'model-2': [0, 0.5, 0.25] });
    const [map] = truthMeasures(truthsOfRun(pairs, 3));
    expect(map).toMatchObject({ id: 'pair-gain', isSymmetric: false });
    expect(Array.from(map?.matrix ?? []).map((v) => (Number.isNaN(v) ? null : v))).toEqual([
      null,
      null,
      null,
      null,
      null,
      0.25,
      null,
      0.5,
      null,
    ]);
    expect(truthMeasures(truthsOfRun(run([], {}), 3))).toEqual([]);
  });
});
