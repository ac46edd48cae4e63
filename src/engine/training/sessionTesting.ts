// Runs an experiment to its end and collects its events, for tests of sessions.
import { catalog } from '../catalog.ts';
import { type Experiment, requireExperiment } from '../config/experiment.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { RunResult } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { RunControl } from './runControl.ts';
import { runSession, type SessionOptions } from './session.ts';

/** Plain JavaScript, the backend of session tests. */
export const backend: BackendReport = {
  active: 'cpu',
  adapter: 'test',
  reason: '',
  tried: [],
  software: false,
};

/** Three tasks of three types on 200 rows: a fraction of a second in plain JavaScript. */
export function smallExperiment(changes: Record<string, unknown> = {}): Experiment {
  return requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 200, features: 4, categorical: 1 } },
      tasks: { count: 3, rho: 0.3, degrees: [1, 2], kinds: ['regression', 'binary', 'multiclass'] },
      model: { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4] } },
      training: { epochs: 2, batchSize: 32, evaluationBatch: 30 },
      baseline: { id: 'st-mlp', params: { hidden: [8], embedding: 2 } },
      ...changes,
    },
    catalog,
  );
}

export async function runToEnd(
  experiment: Experiment,
  options: {
    control?: RunControl;
    file?: SessionOptions['file'];
    resume?: Checkpoint;
    seeds?: number[];
    inspect?: SessionOptions['inspect'];
    onEvent?: (e: RunEvent) => void;
  } = {},
): Promise<{ result: RunResult; events: RunEvent[] }> {
  const events: RunEvent[] = [];
  const { control = new RunControl(), file, resume, seeds, inspect, onEvent } = options;
  const session = await runSession({
    runId: 'test',
    experiment,
    backend,
    control,
    file,
    resume,
    seeds,
    inspect,
    emit: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  session.dispose();
  // An error of the test itself must not make two empty results equal.
  const { error } = session.result;
  if (error?.kind === 'internal') throw new Error(`the run failed: ${error.message}`);
  return { result: session.result, events };
}

export const eventsOf = <T extends RunEvent['type']>(events: RunEvent[], type: T) =>
  events.filter((e) => e.type === type) as Extract<RunEvent, { type: T }>[];
