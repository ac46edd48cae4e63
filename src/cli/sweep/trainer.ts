// Trains one run at a time, and the messages for it. Every trainer is a process of its own (`pool.ts`), so that one that
// crashes or runs out of memory takes nothing else with it.
import { hostname } from 'node:os';
import type { ErrorReport } from '../../engine/core/errors.ts';
import { toErrorReport } from '../../engine/core/errors.ts';
import type { BackendId, BackendReport } from '../../engine/protocol/backend.ts';
import type { SweepRun } from '../../engine/sweeps/expand.ts';
import { type RunTimes, recordOf, type SweepRecord } from '../../engine/sweeps/record.ts';
import { RunControl } from '../../engine/training/runControl.ts';
import { runSession } from '../../engine/training/session.ts';
import { startNodeBackend } from '../../platform/node.ts';
import { readTables, type TablePaths } from '../files.ts';

export interface TrainerSettings {
  backend: BackendId | 'auto';
  allowSoftwareAdapter: boolean;
  /** Paths of the table that the runs are of. */
  table: TablePaths | null;
}

export type ToTrainer = { type: 'start'; settings: TrainerSettings } | { type: 'run'; run: SweepRun };

export type FromTrainer =
  | { type: 'ready' }
  /** The backend did not start. */
  | { type: 'refused'; error: ErrorReport }
  | { type: 'ended'; record: SweepRecord; times: RunTimes };

/** Trains one run to its end; finished or failed, the outcome is a record. */
export async function trainRun(
  run: SweepRun,
  backend: BackendReport,
  table: TablePaths | null,
): Promise<{ record: SweepRecord; times: RunTimes }> {
  const file = table === null ? undefined : await readTables('--data', table);
  const session = await runSession({
    runId: run.id,
    experiment: run.experiment,
    file,
    backend,
    control: new RunControl(),
    emit: () => {},
  });
  session.dispose();
  return recordOf(run, session.result, `${hostname()}, Node ${process.versions.node}`);
}

/** The main function of a trainer process: waits for runs, and ends with its parent process. */
export async function serveRuns(): Promise<void> {
  const say = (message: FromTrainer) => process.send?.(message);
  // A terminal sends Ctrl-C to all processes; the parent decides what to do.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  let started: { backend: BackendReport; table: TablePaths | null } | null = null;
  process.on('message', (message: ToTrainer) => {
    if (message.type === 'start') {
      const { table, ...request } = message.settings;
      startNodeBackend(request).then(
        (backend) => {
          started = { backend, table };
          say({ type: 'ready' });
        },
        (error: unknown) => say({ type: 'refused', error: toErrorReport(error) }),
      );
      return;
    }
    if (!started) throw new Error('a run came before the backend had started');
    trainRun(message.run, started.backend, started.table).then(
      (ended) => say({ type: 'ended', ...ended }),
      (error: unknown) => {
        process.stderr.write(`${toErrorReport(error).message}\n`);
        process.exit(1);
      },
    );
  });
}
