// A sweep in the queue of the page, as storage keeps it, and what is known of its runs: each is an ordinary kept run whose id says
// which run of which sweep it is, so that nothing is written twice and a later visit knows what is left.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { TableInput } from '../../engine/config/tableInput.ts';
import { type Cell, expandCells, runsOf, type SweepRun, sweepId } from '../../engine/sweeps/expand.ts';
import { parseSweep } from '../../engine/sweeps/parse.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import type { RunEntry } from '../runEntry.ts';
import type { RunStatus } from '../runRecord.ts';
import { runIdOf } from './runIds.ts';

export interface SweepItem {
  id: string;
  sweep: Sweep;
  /** ISO 8601. */
  addedAt: string;
  /** `queued`: its runs are trained as engines come free, until none is left. */
  state: 'queued' | 'paused' | 'cancelled';
  /** Runs that ended badly and are to be trained once more. */
  again: readonly string[];
  /** The table of its experiments, where that is a file. */
  file?: TableInput | undefined;
}

/** A sweep with everything that follows from it. */
export interface Expanded {
  cells: readonly Cell[];
  /** Seed by seed, so that every cell has its first result early. */
  runs: readonly SweepRun[];
}

const expansions = new Map<string, Expanded>();

/** Of the same sweep the same object. */
export function expanded({ id, sweep }: Pick<SweepItem, 'id' | 'sweep'>, catalog: Catalog): Expanded {
  const known = expansions.get(id);
  if (known) return known;
  const { cells } = expandCells(sweep, catalog);
  const made = { cells, runs: runsOf(cells, sweep.seeds) };
  expansions.set(id, made);
  return made;
}

export type SweepRunState = 'waiting' | 'running' | 'finished' | 'failed' | 'stopped';

/** @param status - of its record or entry; null where there is none */
export function stateOfRun(status: RunStatus | null): SweepRunState {
  switch (status) {
    case null:
    // Its tab went away; it is taken up again.
    case 'interrupted':
      return 'waiting';
    case 'preparing':
    case 'running':
    case 'paused':
      return 'running';
    case 'finished':
    case 'failed':
    case 'stopped':
      return status;
    default:
      return status satisfies never;
  }
}

export type StatusOf = (runId: string) => RunStatus | null;

/** What is known of runs: of this visit, or else of storage. */
export function statusesIn(
  runs: readonly { runId: string; status: RunStatus }[],
  kept: readonly RunEntry[],
): StatusOf {
  const statuses = new Map<string, RunStatus>(kept.map(({ runId, status }) => [runId, status]));
  for (const { runId, status } of runs) statuses.set(runId, status);
  return (runId) => statuses.get(runId) ?? null;
}

export interface SweepCounts extends Record<SweepRunState, number> {
  total: number;
}

/** How many of its runs are in which state; those to be trained once more wait. */
export function countsOf(item: SweepItem, { runs }: Expanded, statusOf: StatusOf): SweepCounts {
  const counts = { waiting: 0, running: 0, finished: 0, failed: 0, stopped: 0, total: runs.length };
  for (const run of runs) counts[stateIn(item, runIdOf(item.id, run), statusOf)]++;
  return counts;
}

export function stateIn({ again }: Pick<SweepItem, 'again'>, runId: string, statusOf: StatusOf) {
  const state = stateOfRun(statusOf(runId));
  return (state === 'failed' || state === 'stopped') && again.includes(runId) ? 'waiting' : state;
}

export const newItem = (sweep: Sweep, catalog: Catalog, addedAt: string, file?: TableInput): SweepItem => ({
  id: sweepId(sweep, catalog),
  sweep,
  addedAt,
  state: 'queued',
  again: [],
  ...(file ? { file } : {}),
});

/** What storage holds, as far as this version of the page can read it. */
export function readItems(stored: unknown, catalog: Catalog): { items: SweepItem[]; unreadable: number } {
  const all = Array.isArray(stored) ? (stored as SweepItem[]) : [];
  const items = all.flatMap((item) => {
    const { sweep, issues } = parseSweep(item?.sweep, catalog);
    return issues.length === 0 && sweepId(sweep, catalog) === item.id ? [{ ...item, sweep }] : [];
  });
  return { items, unreadable: all.length - items.length };
}
