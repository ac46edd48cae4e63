// The result of a run: finished seeds, curves of the current seed, and the comparison of its networks.
import type { Role } from '../core/roles.ts';
import type { EpochRecord, RunResult } from '../protocol/result.ts';
import { compareModels, testedOf } from './comparison.ts';
import { gainSummary } from './gain.ts';
import type { SeedRun } from './seedRun.ts';

type Known = Pick<
  RunResult,
  'status' | 'experiment' | 'backend' | 'startedAt' | 'elapsedMs' | 'dataset' | 'notes' | 'error'
>;

export interface Outcome extends Known {
  finished: RunResult['seeds'];
  /** The last seed that began, finished or not. */
  current: Pick<SeedRun, 'seed' | 'scores' | 'inTraining' | 'networks'> | null;
}

export function resultOf({ finished, current, ...known }: Outcome): RunResult {
  const { status } = known;
  const tested = current?.scores.tested ?? [];
  const gains = finished.flatMap((s) => (s.gain ? [s.gain] : []));
  return {
    version: 1,
    ...known,
    seeds: finished,
    unfinished: status === 'finished' ? null : curvesOf(current),
    gain: gains.length > 0 ? gainSummary(gains) : null,
    comparison: compareModels([
      ...finished.map(testedOf),
      ...(status === 'finished' || tested.length === 0 ? [] : [tested]),
    ]),
  };
}

function curvesOf(seed: Outcome['current']): RunResult['unfinished'] {
  if (!seed || seed.networks.length === 0) return null;
  const records: Partial<Record<Role, EpochRecord[]>> = {};
  for (const { result } of seed.scores.tested) records[result.role] = [...result.epochs];
  for (const network of seed.inTraining) records[network.role] = [...network.records];
  return { seed: seed.seed, records };
}
