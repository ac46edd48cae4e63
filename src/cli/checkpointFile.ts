// `--checkpoint FILE` of `multitab run`: what a run needs to go on, written as it trains, so that the same command continues a run
// that was killed. The file holds neither table nor weights; those are read again, and the table must be the same.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { Experiment } from '../engine/config/experiment.ts';
import { crc32 } from '../engine/core/crc32.ts';
import { toErrorReport, WorkbenchError } from '../engine/core/errors.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import { type Checkpoint, readCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { isSameExperiment } from '../engine/sweeps/expand.ts';
import { Destination } from './destination.ts';

/** First line of the file; behind it stand the checksum of the rest (CRC-32, 4 bytes, little-endian) and the rest. */
const MAGIC = Buffer.from('multitab checkpoint 1\n');
const CONTENT = MAGIC.length + 4;

interface Kept {
  checkpoint: Checkpoint;
  backend: BackendId;
  /** Of the table with its split, see `DatasetSummary`. */
  fingerprint: string | undefined;
}

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
    const found = existsSync(path) ? keptIn(await readFile(path), path) : null;
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
        const content = serialize({ checkpoint, backend, fingerprint } satisfies Kept);
        const checksum = Buffer.alloc(4);
        checksum.writeUInt32LE(crc32(content));
        await this.place.write(Buffer.concat([MAGIC, checksum, content]));
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

const refusal = (path: string, expected: string, got: string, remedy: string) =>
  WorkbenchError.of('file', { path: `--checkpoint ${path}`, expected, got, remedy });

const START_ANEW = 'Name another file, or delete this one to start anew.';

function keptIn(bytes: Buffer, path: string): Kept {
  const isOurs = bytes.length > CONTENT && bytes.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isOurs) throw refusal(path, 'a checkpoint of multitab run', 'another file', START_ANEW);
  const content = bytes.subarray(CONTENT);
  if (crc32(content) !== bytes.readUInt32LE(MAGIC.length))
    throw refusal(path, 'a whole checkpoint', 'a damaged one', START_ANEW);
  const kept = deserialize(content) as Kept;
  if (!readCheckpoint(kept.checkpoint))
    throw refusal(path, 'a checkpoint of this version', `version ${kept.checkpoint.version}`, START_ANEW);
  return kept;
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
