// A sweep in the page's queue, as storage keeps it, and the state of its runs. Each is an ordinary kept run whose id says which
// run of which sweep it is, so that nothing is stored twice and a later visit knows what is left.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { TableInput } from '../../engine/config/tableInput.ts';
import {
  axisLabel,
  type Cell,
  expandCells,
  runsOf,
  type SweepRun,
  specsOfSweep,
  sweepId,
} from '../../engine/sweeps/expand.ts';
import { budgetsOf, rungsOf, survivorsOf, withBudget } from '../../engine/sweeps/halving.ts';
import { parseSweep } from '../../engine/sweeps/parse.ts';
import { rankOfScores } from '../../engine/sweeps/ranking.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { type RunEntry, scoresOf } from '../runEntry.ts';
import type { RunRecord, RunStatus } from '../runRecord.ts';
import { runIdOf } from './runIds.ts';

export interface SweepItem {
  id: string;
  sweep: Sweep;
  /** ISO 8601. */
  addedAt: string;
  /** `queued`: its runs are trained as engines come free, until none is left. */
  state: 'queued' | 'paused' | 'cancelled';
  /** Failed or stopped runs that are to be trained again. */
  again: readonly string[];
  /** The table of its experiments, if that is a file. */
  file?: TableInput | undefined;
  /** Why it has none, and what to do. */
  tableNote?: string | undefined;
}

/** A sweep with everything derived from it and from the results of its runs. */
export interface Expanded {
  /** For successive halving: the cells of all rungs so far, with the budget as a further label. */
  cells: readonly Cell[];
  /** Ordered seed by seed, so that every cell has its first result early. */
  runs: readonly SweepRun[];
  /** Runs of later rungs, with their budgets; their cells are known when the rung before has ended. */
  later: readonly SweepRun[];
}

/** Names of the axes, and of the budget of halving, in the order of a cell's labels. */
export function axisNames(sweep: Sweep, catalog: Catalog): string[] {
  const names = sweep.axes.map((axis) => axisLabel(sweep, axis, catalog));
  const { design } = sweep;
  if (design.kind !== 'halving') return names;
  return [...names, specsOfSweep(sweep, catalog).get(design.key)?.label ?? design.key];
}

/** Cells without budgets, derived cells with budgets, and expansions by the runs they depend on. */
interface Known {
  cells: readonly Cell[];
  budgeted: Map<string, Cell>;
  expansions: Map<string, Expanded>;
}
const knownSweeps = new Map<string, Known>();
/** Cache size: every change of a draft is another sweep. */
const MOST_KNOWN = 50;

function knownOf({ id, sweep }: Pick<SweepItem, 'id' | 'sweep'>, catalog: Catalog): Known {
  const known = knownSweeps.get(id);
  if (known) return known;
  const made = { cells: expandCells(sweep, catalog).cells, budgeted: new Map(), expansions: new Map() };
  const [oldest] = knownSweeps.keys();
  if (oldest !== undefined && knownSweeps.size >= MOST_KNOWN) knownSweeps.delete(oldest);
  knownSweeps.set(id, made);
  return made;
}

/** @returns the same object for the same runs */
export function expanded(
  item: Pick<SweepItem, 'id' | 'sweep' | 'again'>,
  catalog: Catalog,
  known: KnownRuns,
): Expanded {
  const { id, sweep } = item;
  const { design, seeds } = sweep;
  const { cells, budgeted, expansions } = knownOf(item, catalog);
  const keep = (key: string, make: () => Expanded) => {
    const made = expansions.get(key) ?? make();
    expansions.set(key, made);
    return made;
  };
  if (design.kind !== 'halving') return keep('', () => ({ cells, runs: runsOf(cells, sweep), later: [] }));
  const made: typeof withBudget = (_sweep, cell, budget) => {
    const key = `${cell.id} ${budget}`;
    const own = budgeted.get(key) ?? withBudget(sweep, cell, budget, catalog);
    budgeted.set(key, own);
    return own;
  };
  const rankOf = (cell: string) => {
    const scores = seeds.flatMap((seed): [number, number][] => {
      const runId = runIdOf(id, { id: `${cell}-${seed}` });
      const score = item.again.includes(runId) ? null : known.score(runId);
      return score === null ? [] : [[seed, score]];
    });
    return rankOfScores(new Map(scores), seeds);
  };
  const rungs = rungsOf(sweep, cells, rankOf, catalog, made);
  return keep(rungs.map((rung) => rung.cells.map((cell) => cell.id).join(' ')).join('/'), () => {
    const budgets = budgetsOf(sweep);
    const counts = survivorsOf(cells.length, budgets.length, design.eta);
    return {
      cells: rungs.flatMap(({ budget, cells: own }) =>
        own.map((cell) => ({ ...cell, labels: [...cell.labels, String(budget)] })),
      ),
      runs: rungs.flatMap((rung) => runsOf(rung.cells, sweep)),
      later: budgets.flatMap((budget, rung) =>
        rung < rungs.length
          ? []
          : runsOf(
              cells.slice(0, counts[rung]).map((cell) => made(sweep, cell, budget, catalog)),
              sweep,
            ),
      ),
    };
  });
}

export type SweepRunState = 'waiting' | 'running' | 'finished' | 'failed' | 'stopped';

/** @param status - of the run's record or entry; null if there is none */
export function stateOfRun(status: RunStatus | null): SweepRunState {
  switch (status) {
    case null:
    // Its tab was closed; the queue resumes it.
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

export interface KnownRuns {
  /** Null if there is no such run. */
  status(runId: string): RunStatus | null;
  /** Validation score of its model; NaN if the run failed without one, null if it has not ended. */
  score(runId: string): number | null;
}

/** The known runs: of this visit, or else of storage. */
export function knownRuns(
  runs: readonly Pick<RunRecord, 'runId' | 'status' | 'seedStates'>[],
  kept: readonly RunEntry[],
): KnownRuns {
  const ofVisit = new Map(runs.map((run) => [run.runId, run]));
  const ofStorage = new Map(kept.map((entry) => [entry.runId, entry]));
  const status = (runId: string) => (ofVisit.get(runId) ?? ofStorage.get(runId))?.status ?? null;
  return {
    status,
    score(runId) {
      const own = status(runId);
      if (own === 'failed') return Number.NaN;
      if (own !== 'finished') return null;
      const run = ofVisit.get(runId);
      return (run ? scoresOf(run) : ofStorage.get(runId)?.scores)?.[0] ?? Number.NaN;
    },
  };
}

export interface SweepCounts extends Record<SweepRunState, number> {
  total: number;
}

/** How many of its runs are in which state; runs to be trained again count as waiting. */
export function countsOf(item: SweepItem, { runs, later }: Expanded, known: KnownRuns): SweepCounts {
  const total = runs.length + later.length;
  const counts = { waiting: later.length, running: 0, finished: 0, failed: 0, stopped: 0, total };
  for (const run of runs) counts[stateIn(item, runIdOf(item.id, run), known)]++;
  return counts;
}

export function stateIn({ again }: Pick<SweepItem, 'again'>, runId: string, known: KnownRuns) {
  const state = stateOfRun(known.status(runId));
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

/** The stored items that this version of the page can read. */
export function readItems(stored: unknown, catalog: Catalog): { items: SweepItem[]; unreadable: number } {
  const all = Array.isArray(stored) ? (stored as SweepItem[]) : [];
  const items = all.flatMap((item) => {
    const { sweep, issues } = parseSweep(item?.sweep, catalog);
    return issues.length === 0 && sweepId(sweep, catalog) === item.id ? [{ ...item, sweep }] : [];
  });
  return { items, unreadable: all.length - items.length };
}
