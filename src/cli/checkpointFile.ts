// `--checkpoint FILE` of `multitab run`: what a run needs to go on, written as it trains, so that the same command continues a run
// that was killed. The file holds neither table nor weights; those are read again, and the table must be the same.
import { readFile, rm, stat } from 'node:fs/promises';
import type { Experiment } from '../engine/config/experiment.ts';
import { MAX_BUNDLE } from '../engine/core/bundle.ts';
import { toErrorReport } from '../engine/core/errors.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { isSameExperiment } from '../engine/sweeps/expand.ts';
import { bytesOf, type Kept, keptIn, refusal, START_ANEW } from './checkpointBytes.ts';
import { Destination } from './destination.ts';

/** What the command asks for. */
export interface Asked {
  experiment: Experiment;
  /** Undefined for those of the experiment. */
  seeds: readonly number[] | undefined;
  backend: BackendId;
}

export class CheckpointFile {
  private readonly place: Destination;
  private readonly backend: BackendId;
  private readonly found: Kept | null;
  private fingerprint: string | undefined;
  /** Waits for the write before it; a newer one takes its place. */
  private next: Checkpoint | null = null;
  private writing: Promise<void> | null = null;
  /** A write failed; stderr has the reason. */
  failed = false;

  private constructor(place: Destination, backend: BackendId, found: Kept | null) {
    this.place = place;
    this.backend = backend;
    this.found = found;
  }

  /** @throws WorkbenchError `file` if it cannot be written there, or holds something else than this run */
  static async open(path: string, asked: Asked): Promise<CheckpointFile> {
    const place = await Destination.probe('--checkpoint', path);
    const found = await readKept(path);
    if (found) requireSameRun(found, asked, path);
    return new CheckpointFile(place, asked.backend, found);
  }

  /** Where the run goes on, if there is something to continue. */
  get resume(): Checkpoint | undefined {
    return this.found?.checkpoint;
  }

  /** @throws WorkbenchError `file` if the table is another one than that of the checkpoint */
  keep(event: RunEvent): void {
    if (event.type === 'dataset') {
      this.fingerprint = event.dataset.fingerprint;
      if (this.found && this.found.fingerprint !== this.fingerprint)
        throw refusal(
          this.place.path,
          'a checkpoint of this table',
          'one of other rows, or of another split',
          'Give the table that it was trained on, or delete the file to start anew.',
        );
    }
    if (event.type !== 'checkpoint' || this.failed) return;
    this.next = event.checkpoint;
    this.writing ??= this.writeAll();
  }

  /** Waits for the last write; a finished run leaves no file. */
  async finish(isFinished: boolean): Promise<void> {
    await this.writing;
    if (isFinished) await rm(this.place.path, { force: true });
  }

  private async writeAll(): Promise<void> {
    while (this.next) {
      const { file: _file, weights: _weights, ...checkpoint } = this.next;
      this.next = null;
      const { backend, fingerprint } = this;
      try {
        await this.place.write(bytesOf({ checkpoint, backend, fingerprint }));
      } catch (error) {
        // The run is worth more than what would let it go on.
        this.failed = true;
        process.stderr.write(
          `error: ${toErrorReport(error).message} Training goes on without checkpoints.\n`,
        );
        break;
      }
    }
    this.writing = null;
  }
}

/** Null where there is no file yet. */
async function readKept(path: string): Promise<Kept | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  if (!found.isFile()) throw refusal(path, 'a file', 'something else', 'Name a file.');
  if (found.size > MAX_BUNDLE) throw refusal(path, `at most ${MAX_BUNDLE} bytes`, `${found.size}`);
  return keptIn(await readFile(path), path);
}

/** Anything else would be another run under the name of this one. */
function requireSameRun({ checkpoint, backend }: Kept, asked: Asked, path: string): void {
  if (!isSameExperiment(checkpoint.experiment, asked.experiment))
    throw refusal(path, 'a checkpoint of this experiment', 'one of other settings', START_ANEW);
  if (asked.seeds && asked.seeds.join() !== checkpoint.seeds.join())
    throw refusal(
      path,
      `a checkpoint of seeds ${asked.seeds.join(', ')}`,
      checkpoint.seeds.join(', '),
      START_ANEW,
    );
  if (backend !== asked.backend)
    throw refusal(
      path,
      `a checkpoint of the backend ${asked.backend}`,
      backend,
      `Numbers of two backends differ: add --backend ${backend}, or delete the file to start anew.`,
    );
}
