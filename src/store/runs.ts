// All runs of a visit, and how events change them. Pure; the caller keeps the long series.
import type { RunEvent } from '../engine/protocol/run.ts';
import { newRecord, reduceRecord } from './recordReducer.ts';
import { NOTHING_LIVE, type RunLive, reduceLive } from './runLive.ts';
import type { RunRecord } from './runRecord.ts';

export interface Runs {
  /** In the order in which they began; the example comes first. */
  runs: readonly RunRecord[];
  /** By run id. */
  live: Readonly<Record<string, RunLive>>;
}

export const NO_RUNS: Runs = { runs: [], live: {} };

type Started = Extract<RunEvent, { type: 'run-started' }>;

export const changeRecord = <R extends Pick<Runs, 'runs'>>(
  { runs }: R,
  runId: string,
  change: (run: RunRecord) => RunRecord,
): Pick<Runs, 'runs'> => {
  const known = runs.find((r) => r.runId === runId);
  const next = known && change(known);
  return { runs: next === known ? runs : runs.map((r) => (r === known && next ? next : r)) };
};

export const changeLive = <R extends Pick<Runs, 'live'>>(
  { live }: R,
  runId: string,
  change: (live: RunLive) => RunLive,
): Pick<Runs, 'live'> => {
  const known = live[runId];
  const next = known && change(known);
  return { live: next === known || !next ? live : { ...live, [runId]: next } };
};

/**
 * Only its first event creates a run: late events of a run that was reset do not bring it back.
 * @param highest - the highest number of a kept run; a new run gets a higher one
 * @param reserved - its number if that was given before it began, and is free
 */
export function applyToRuns(all: Runs, event: RunEvent, highest = 0, reserved?: number): Runs {
  const { runId } = event;
  if (!all.runs.some((r) => r.runId === runId)) return begun(all, event, highest, reserved);
  if (event.type === 'run-started') return withStart(all, event);
  return {
    ...changeRecord(all, runId, (run) => reduceRecord(run, event)),
    ...changeLive(all, runId, (live) => reduceLive(live, event)),
  };
}

function begun({ runs, live }: Runs, event: RunEvent, highest: number, reserved?: number): Runs {
  const isFree = reserved !== undefined && !runs.some((r) => r.number === reserved);
  const number = isFree ? reserved : 1 + Math.max(highest, ...runs.map((r) => r.number));
  if (event.type === 'run-started') return added({ runs, live }, number, event);
  if (event.type !== 'run-failed') return { runs, live };
  // Refused before it began: only the failure can be shown.
  const { experiment, backend, startedAt } = event.result;
  const { runId } = event;
  const started: Started = {
    type: 'run-started',
    runId,
    step: 0,
    experiment,
    seeds: [],
    backend,
    startedAt,
    resumedFromStep: null,
  };
  return applyToRuns(added({ runs, live }, number, started), event);
}

/** Appends a new run. */
export const added = ({ runs, live }: Runs, number: number, event: Started): Runs => ({
  runs: [...runs, newRecord(number, event)],
  live: { ...live, [event.runId]: reduceLive(live[event.runId] ?? NOTHING_LIVE, event) },
});

/** The run resumes from a checkpoint, or begins again. */
function withStart(all: Runs, event: Started): Runs {
  return {
    ...changeRecord(all, event.runId, (run) =>
      event.resumedFromStep === null
        ? { ...newRecord(run.number, event), createdAt: run.createdAt }
        : { ...run, status: 'preparing', error: null, result: null },
    ),
    ...changeLive(all, event.runId, (live) => reduceLive(live, event)),
  };
}

export function withoutRun({ runs, live }: Runs, runId: string): Runs {
  const { [runId]: _gone, ...rest } = live;
  return { runs: runs.filter((r) => r.runId !== runId), live: rest };
}
