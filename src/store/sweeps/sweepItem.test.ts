// What a sweep comes to from what its runs have come to, where some are to be trained once more.
import { describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import type { RunStatus } from '../runRecord.ts';
import { runIdOf } from './runIds.ts';
import { expanded, type KnownRuns, newItem, stateIn } from './sweepItem.ts';

const knownAs = (status: RunStatus | null, score: number | null = null): KnownRuns => ({
  status: () => status,
  score: () => score,
});

describe('a run that is to be trained once more', () => {
  it('waits where it ended badly, and is what it is where it has begun again', () => {
    const states: [RunStatus, string][] = [
      ['failed', 'waiting'],
      ['stopped', 'waiting'],
      ['interrupted', 'waiting'],
      ['running', 'running'],
      ['finished', 'finished'],
    ];
    for (const [status, state] of states)
      expect(stateIn({ again: ['a/b'] }, 'a/b', knownAs(status)), status).toBe(state);
    expect(stateIn({ again: ['a/c'] }, 'a/b', knownAs('failed'))).toBe('failed');
  });

  it('holds up the next round of halving, where its failure would have ranked it last', () => {
    const sweep = requireSweep(
      {
        axes: [{ key: 'tasks.rho', values: [0, 0.5] }],
        design: { kind: 'halving', eta: 2, from: 2, to: 4 },
        seeds: [0],
      },
      catalog,
    );
    const item = newItem(sweep, catalog, '');
    const [first, second] = expanded(item, catalog, knownAs(null)).runs.map((run) => runIdOf(item.id, run));
    const known: KnownRuns = {
      status: (runId) => (runId === first ? 'failed' : 'finished'),
      score: (runId) => (runId === first ? Number.NaN : runId === second ? 0.2 : null),
    };
    const epochs = ({ again }: { again: readonly string[] }) => {
      const { runs, later } = expanded({ ...item, again }, catalog, known);
      return [runs, later].map((own) => own.map(({ experiment }) => experiment.training.epochs));
    };
    expect(epochs({ again: [] })).toEqual([[2, 2, 4], []]);
    expect(epochs({ again: [first ?? ''] })).toEqual([[2, 2], [4]]);
  });
});
