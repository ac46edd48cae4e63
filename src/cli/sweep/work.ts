// Trains the missing runs of a shard, several at a time, and stores each as it ends.
import { isOfInput } from '../../engine/core/errors.ts';
import type { SweepRun } from '../../engine/sweeps/expand.ts';
import type { SweepRecord } from '../../engine/sweeps/record.ts';
import type { Trainer } from './pool.ts';
import type { ShardFile } from './shardFile.ts';

export interface Progress {
  /** Called when a run has ended and is stored. */
  ended(run: SweepRun, record: SweepRecord, elapsedMs: number): void;
  /** Called when a run has no result and will be tried again by the next command. */
  lost(run: SweepRun, why: string): void;
}

/**
 * @param isStopped - checked before each run
 * @returns how many runs have no result
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
  // Lines are written one after another, even if several trainers end at once.
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

/**
 * Why a failed run may succeed another time; null for a run that counts as done, with its error as the result where that would
 * come again.
 */
function passing({ result: { status, error } }: SweepRecord): string | null {
  if (status === 'finished' || (error && isOfInput(error.kind))) return null;
  return error?.message ?? `it was ${status}`;
}
