// Runs an experiment to its end and keeps what it said, for tests of sessions.
import type { Experiment } from '../config/experiment.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { RunResult } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';

/** Plain JavaScript, which the tests of a session run on. */
export const backend: BackendReport = {
  active: 'cpu',
  adapter: 'test',
  reason: '',
  tried: [],
  software: false,
};

export async function runToEnd(
  experiment: Experiment,
  options: {
    control?: RunControl;
    resume?: Checkpoint;
    seeds?: number[];
    onEvent?: (e: RunEvent) => void;
  } = {},
): Promise<{ result: RunResult; events: RunEvent[] }> {
  const events: RunEvent[] = [];
  const { control = new RunControl(), resume, seeds, onEvent } = options;
  const session = await runSession({
    runId: 'test',
    experiment,
    backend,
    control,
    resume,
    seeds,
    emit: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  session.dispose();
  return { result: session.result, events };
}

export const eventsOf = <T extends RunEvent['type']>(events: RunEvent[], type: T) =>
  events.filter((e) => e.type === type) as Extract<RunEvent, { type: T }>[];
