// Trains the runs of a shard that are not done yet, several at a time, and keeps each as it ends.
import type { ErrorKind } from '../../engine/core/errors.ts';
import type { SweepRun } from '../../engine/sweeps/expand.ts';
import type { SweepRecord } from '../../engine/sweeps/record.ts';
import type { Trainer } from './pool.ts';
import type { ShardFile } from './shardFile.ts';

/** What would happen again: such a run is done, and its error is its result. */
const LASTING: readonly ErrorKind[] = ['config', 'data', 'file', 'numeric'];

export interface Progress {
  /** A run has ended and is kept. */
  ended(run: SweepRun, record: SweepRecord, elapsedMs: number): void;
  /** A run has come to nothing and will be done again next time. */
  lost(run: SweepRun, why: string): void;
}

/**
 * @param isStopped - asked before each run
 * @returns how many runs came to nothing
 */
export async function trainRuns(
  runs: readonly SweepRun[],
  file: Pick<ShardFile, 'records' | 'add'>,
  trainers: readonly Trainer[],
  progress: Progress,
  isStopped: () => boolean,
): Promise<number> {
  const queue = runs.filter((run) => !file.records.has(run.id));
  let lost = 0;
  // Lines are written one after another, whichever trainer ends first.
  let written: Promise<void> = Promise.resolve();
  const serve = async (trainer: Trainer) => {
    for (let run = queue.shift(); run && !isStopped(); run = queue.shift()) {
      const own = run;
      const ended = await trainer.train(own);
      if (isStopped()) return;
      const why = 'lost' in ended ? `its process ${ended.lost}, twice` : passing(ended.record);
      if ('lost' in ended || why !== null) {
        lost++;
        progress.lost(own, why ?? '');
        continue;
      }
      written = written.then(() => file.add(ended.record, ended.times));
      await written;
      progress.ended(own, ended.record, ended.times.elapsedMs);
    }
  };
  await Promise.all(trainers.map(serve));
  await written;
  return lost;
}

/** Why a run that failed may go well another time; null for one that is done. */
function passing({ result: { status, error } }: SweepRecord): string | null {
  if (status === 'finished' || (error && LASTING.includes(error.kind))) return null;
  return error?.message ?? `it was ${status}`;
}
