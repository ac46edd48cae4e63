// Trainer processes, each with its own backend. A run whose trainer dies is tried once more in a new one; if that dies too,
// this is reported, and the run stays undone.
import { type ChildProcess, fork } from 'node:child_process';
import { type ErrorReport, WorkbenchError } from '../../engine/core/errors.ts';
import type { SweepRun } from '../../engine/sweeps/expand.ts';
import type { RunTimes, SweepRecord } from '../../engine/sweeps/record.ts';
import type { FromTrainer, ToTrainer, TrainerSettings } from './trainer.ts';

/** The hidden command that makes a process a trainer. */
export const TRAINER_COMMAND = 'sweep-trainer';

export type Ended = { record: SweepRecord; times: RunTimes } | { lost: string };

export interface Trainer {
  train(run: SweepRun): Promise<Ended>;
  /** Ends it at once, with its run if it has one. */
  close(): void;
}

const ATTEMPTS = 2;

export function startTrainer(settings: TrainerSettings): Trainer {
  let child: ChildProcess | null = null;
  let isClosed = false;

  async function attempt(run: SweepRun): Promise<Ended> {
    const stopped: Ended = { lost: 'was stopped' };
    // One that was ended while it had no run would never answer.
    if (child && !isAlive(child)) child = null;
    // A process that Ctrl-C reached before it could ignore the signal is not a failure of the backend.
    child ??= await start(settings).catch((error: unknown) => {
      if (isClosed) return null;
      throw error;
    });
    if (!child) return stopped;
    const own = child;
    if (isClosed) {
      own.kill('SIGKILL');
      return stopped;
    }
    const ended = await new Promise<Ended>((resolve) => {
      const onMessage = (message: FromTrainer) => {
        if (message.type !== 'ended') return;
        own.off('exit', onExit);
        own.off('message', onMessage);
        resolve({ record: message.record, times: message.times });
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
        resolve({ lost: signal ? `was ended by ${signal}` : `ended with code ${code}` });
      own.on('message', onMessage);
      own.once('exit', onExit);
      tell(own, { type: 'run', run });
    });
    if ('lost' in ended) child = null;
    return ended;
  }

  return {
    async train(run) {
      for (let i = 1; ; i++) {
        const ended = await attempt(run);
        if (!('lost' in ended) || isClosed || i === ATTEMPTS) return ended;
      }
    },
    close() {
      isClosed = true;
      child?.removeAllListeners('message');
      child?.kill('SIGKILL');
    },
  };
}

/** What cannot be told because the process has just ended is no error here: its end says the same. */
const tell = (child: ChildProcess, message: ToTrainer) => child.send(message, () => {});

const isAlive = ({ connected, exitCode, signalCode }: ChildProcess): boolean =>
  connected && exitCode === null && signalCode === null;

/** @throws WorkbenchError if the backend does not start */
function start(settings: TrainerSettings): Promise<ChildProcess> {
  const [, script = ''] = process.argv;
  // `advanced` passes NaN, infinities and typed arrays unchanged.
  const child = fork(script, [TRAINER_COMMAND], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(
        new WorkbenchError(
          'backend',
          `A trainer process did not start (code ${code}). See its output above.`,
        ),
      );
    child.once('exit', onExit);
    child.once('error', reject);
    child.once('message', (message: FromTrainer) => {
      child.off('exit', onExit);
      if (message.type === 'ready') return resolve(child);
      child.kill();
      const error: ErrorReport =
        message.type === 'refused' ? message.error : { kind: 'internal', message: 'unexpected', issues: [] };
      reject(new WorkbenchError(error.kind, error.message, error.issues));
    });
    tell(child, { type: 'start', settings });
  });
}
