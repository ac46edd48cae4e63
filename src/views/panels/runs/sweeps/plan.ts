// Size of a sweep before training: number of runs, and estimated time.
import type { Catalog } from '../../../../engine/config/catalog.ts';
import { guessedSeconds, rowsOf, secondsLeft, workOf } from '../../../../engine/sweeps/estimate.ts';
import { sweepId } from '../../../../engine/sweeps/expand.ts';
import type { Sweep } from '../../../../engine/sweeps/sweep.ts';
import type { RunEntry } from '../../../../store/runEntry.ts';
import { runIdOf } from '../../../../store/sweeps/runIds.ts';
import {
  type Expanded,
  expanded,
  type KnownRuns,
  type SweepItem,
  stateIn,
} from '../../../../store/sweeps/sweepItem.ts';

const singleTaskIds = (catalog: Catalog): ReadonlySet<string> =>
  new Set(catalog.models.filter((m) => m.singleTask).map((m) => m.id));

/** How many kept runs are used for the estimate: the newest ones of the same models. */
const MOST_MEASURED = 30;

function measuredRuns(kept: readonly RunEntry[], modelIds: ReadonlySet<string>, catalog: Catalog) {
  const single = singleTaskIds(catalog);
  return kept
    .filter(({ status, elapsedMs, experiment }) => {
      return status === 'finished' && elapsedMs !== null && modelIds.has(experiment.model.id);
    })
    .slice(0, MOST_MEASURED)
    .map(({ experiment, seeds, elapsedMs }) => ({
      work: seeds.length * workOf(experiment, single, rowsOf(experiment)),
      seconds: (elapsedMs as number) / 1000,
    }));
}

/** Estimated seconds for these runs; null if no run with one of their models has been measured. */
function secondsOf(
  runs: Expanded['runs'],
  kept: readonly RunEntry[],
  jobs: number,
  catalog: Catalog,
): number | null {
  const single = singleTaskIds(catalog);
  const models = new Set(runs.map(({ experiment }) => experiment.model.id));
  const left = runs.map(({ experiment }) => workOf(experiment, single, rowsOf(experiment)));
  return secondsLeft(left, measuredRuns(kept, models, catalog), jobs);
}

export interface PlannedSweep {
  cells: number;
  runs: number;
  seconds: number | null;
  /** Before a run with one of its models has been measured. */
  guess: number | null;
}

const NOTHING_KNOWN: KnownRuns = { status: () => null, score: () => null };

/** @param sweep - without issues */
export function plannedSweep(
  sweep: Sweep,
  kept: readonly RunEntry[],
  jobs: number,
  catalog: Catalog,
): PlannedSweep {
  const { cells, runs, later } = expanded(
    { id: sweepId(sweep, catalog), sweep, again: [] },
    catalog,
    NOTHING_KNOWN,
  );
  const all = [...runs, ...later];
  const experiments = all.map(({ experiment }) => experiment);
  return {
    cells: cells.length,
    runs: all.length,
    seconds: secondsOf(all, kept, jobs, catalog),
    guess: guessedSeconds(experiments, singleTaskIds(catalog), jobs),
  };
}

/** Estimated seconds for a queued sweep, from its start. */
export function secondsOfItem(
  item: SweepItem,
  { runs, later }: Expanded,
  known: KnownRuns,
  kept: readonly RunEntry[],
  jobs: number,
  catalog: Catalog,
): number | null {
  const left = runs.filter((run) => {
    const state = stateIn(item, runIdOf(item.id, run), known);
    return state === 'waiting' || state === 'running';
  });
  left.push(...later);
  return left.length === 0 ? 0 : secondsOf(left, kept, jobs, catalog);
}
