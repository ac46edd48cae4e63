// The files of a shard: one line per finished run in `runs.1-of-4.jsonl`, its times in `times.1-of-4.jsonl`. Both are appended
// by whole lines, each flushed to disk before the run counts as done; a line that a killed process left incomplete is cut off
// at the next opening. Because times are separate, the first file is the same text whenever and wherever its runs were trained.
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { catalog } from '../../engine/catalog.ts';
import { WorkbenchError } from '../../engine/core/errors.ts';
import { headerOf, linesText, readLines, readTimes, toLine } from '../../engine/sweeps/lines.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import type { RunTimes, SweepRecord } from '../../engine/sweeps/record.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { unwritable } from '../systemFault.ts';
import { type Lock, takeLock } from './lock.ts';

export interface Shard {
  /** Counts from 1. */
  number: number;
  of: number;
}

export const shardName = ({ number, of }: Shard): string => `${number}-of-${of}`;
/** What `writeMerged` leaves. */
const MERGED_FILE = 'runs.jsonl';
const RUNS_FILE = /^runs(\.\d+-of-\d+)?\.jsonl$/;

/** The text of a file; empty if there is none. */
const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

export interface FolderRuns {
  records: Map<string, SweepRecord>;
  times: Map<string, RunTimes>;
  /** The sweep of the files; null if there are none yet. */
  sweep: unknown;
}

/**
 * All runs in a folder, each once: of its shards, and of the merged file, which may have come without them.
 * @param notes - called for lines that are left out
 * @throws WorkbenchError (file) if files are of different sweeps, or have different results for one run, or if the merged file,
 *   which the next merge replaces, cannot be read
 */
export async function readFolder(dir: string, notes: (text: string) => void): Promise<FolderRuns> {
  const found: FolderRuns = { records: new Map(), times: new Map(), sweep: null };
  const names = (await readdir(dir).catch(() => [])).filter((name) => RUNS_FILE.test(name)).sort();
  let id: string | null = null;
  const texts = new Map<string, string>();
  for (const name of names) {
    const { header, records, broken } = readLines(await textOf(join(dir, name)));
    if (broken.length > 0)
      notes(`${join(dir, name)}: line ${linesText(broken)} is incomplete or damaged and is left out.`);
    if (!header && name === MERGED_FILE) throw headless(dir, name);
    if (!header && records.length > 0)
      notes(
        `${join(dir, name)}: without the sweep in its first line, none of its ${records.length} runs counts.`,
      );
    if (!header) continue;
    if (id !== null && header.id !== id) throw mixed(dir, name);
    id = header.id;
    found.sweep = header.sweep;
    for (const record of records) {
      const text = toLine(record);
      if ((texts.get(record.run) ?? text) !== text) throw differing(dir, name, record);
      texts.set(record.run, text);
      found.records.set(record.run, record);
    }
    const times = readTimes(await textOf(join(dir, name.replace('runs.', 'times.'))));
    // Of a run in both files, the shard's times count: its name sorts before that of the merged file.
    for (const [run, own] of times) if (!found.times.has(run)) found.times.set(run, own);
  }
  return found;
}

/**
 * The runs of a folder that has some, with their sweep.
 * @throws WorkbenchError (file) if the folder has no file of runs
 */
export async function readSweepFolder(
  dir: string,
  notes: (text: string) => void,
): Promise<FolderRuns & { sweep: Sweep }> {
  const found = await readFolder(dir, notes);
  if (found.sweep === null)
    throw WorkbenchError.of('file', {
      path: dir,
      expected: 'a folder that "multitab sweep --out" wrote',
      got: 'no file of runs',
      remedy: 'Check the path.',
    });
  return { ...found, sweep: requireSweep(found.sweep, catalog) };
}

const mixed = (dir: string, name: string) =>
  WorkbenchError.of('file', {
    path: join(dir, name),
    expected: 'runs of one sweep in a folder',
    got: 'runs of another sweep',
    remedy: 'Move this file to a folder of its own.',
  });

const headless = (dir: string, name: string) =>
  WorkbenchError.of('file', {
    path: join(dir, name),
    expected: 'a sweep in the first line',
    got: 'none that can be read',
    remedy:
      'Move this file out of the folder, or restore it from a copy: the next merge would write over it.',
  });

const differing = (dir: string, name: string, { run }: SweepRecord) =>
  WorkbenchError.of('file', {
    path: join(dir, name),
    expected: 'the same result of a run in every shard',
    got: `another result of the run ${run}`,
    remedy:
      'Were the shards trained by different versions or on different backends? Remove one of the files and run its shard again.',
  });

/** The files of one shard, opened for writing by this process alone. */
export class ShardFile {
  private readonly runsPath: string;
  private readonly timesPath: string;
  private readonly sweep: Sweep;
  private readonly lock: Lock;
  private readonly runs: FileHandle;
  private readonly times: FileHandle;
  /** By run id. */
  readonly records = new Map<string, SweepRecord>();
  /** Why a run could not be stored; null as long as all could. */
  fault: WorkbenchError | null = null;

  private constructor(
    paths: { runs: string; times: string },
    sweep: Sweep,
    lock: Lock,
    files: { runs: FileHandle; times: FileHandle },
  ) {
    this.runsPath = paths.runs;
    this.timesPath = paths.times;
    this.sweep = sweep;
    this.lock = lock;
    this.runs = files.runs;
    this.times = files.times;
  }

  /**
   * Opens or creates the files, and cuts off an incomplete line.
   * @throws WorkbenchError (file) if another process has them open, they belong to another sweep, or they cannot be written
   */
  static async open(
    dir: string,
    shard: Shard,
    sweep: Sweep,
    notes: (text: string) => void,
  ): Promise<ShardFile> {
    const name = shardName(shard);
    const paths = { runs: join(dir, `runs.${name}.jsonl`), times: join(dir, `times.${name}.jsonl`) };
    let lock: Lock | null = null;
    try {
      await mkdir(dir, { recursive: true });
      lock = await takeLock(join(dir, `runs.${name}.lock`));
      const text = await textOf(paths.runs);
      const { header, records, broken, wholeLength } = readLines(text);
      const own = headerOf(sweep, catalog);
      if (header && header.id !== own.id) throw mixed(dir, `runs.${name}.jsonl`);
      if (broken.length > 0)
        notes(`${paths.runs}: line ${linesText(broken)} is incomplete or damaged; its run is done again.`);
      const isWhole = header !== null && broken.length === 0 && wholeLength === text.length;
      // The incomplete line may be the header; other damaged lines are dropped as well.
      if (!isWhole) await replace(paths.runs, [toLine(own), ...records.map(toLine)].join(''));
      const times = await textOf(paths.times);
      const wholeTimes = times.slice(0, times.lastIndexOf('\n') + 1);
      if (wholeTimes !== times) await replace(paths.times, wholeTimes);
      const files = { runs: await open(paths.runs, 'a'), times: await open(paths.times, 'a') };
      const file = new ShardFile(paths, sweep, lock, files);
      for (const record of records) file.records.set(record.run, record);
      return file;
    } catch (error) {
      await lock?.release();
      throw unwritable('--out', dir, error);
    }
  }

  /**
   * Times first, so that a run in the file of runs always has its times.
   * @throws WorkbenchError (file), which is then `fault`
   */
  async add(record: SweepRecord, times: RunTimes): Promise<void> {
    try {
      await this.times.appendFile(toLine(times));
      await this.times.datasync();
      await this.runs.appendFile(toLine(record));
      await this.runs.datasync();
    } catch (error) {
      this.fault = unwritable('--out', this.runsPath, error);
      throw this.fault;
    }
    this.records.set(record.run, record);
  }

  /** Sorts the lines into the order of the sweep, whatever order the runs ended in. */
  async sort(order: readonly string[]): Promise<void> {
    const records = order.flatMap((run) => this.records.get(run) ?? []);
    await replace(this.runsPath, [toLine(headerOf(this.sweep, catalog)), ...records.map(toLine)].join(''));
    const times = readTimes(await textOf(this.timesPath));
    await replace(
      this.timesPath,
      order
        .flatMap((run) => times.get(run) ?? [])
        .map(toLine)
        .join(''),
    );
  }

  async close(): Promise<void> {
    await this.runs.close();
    await this.times.close();
    await this.lock.release();
  }
}

/** Replaces a file atomically: a reader sees the old content or the new one, never a part. */
export async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(text);
    await file.datasync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** Writes all runs of a folder, in order, into `runs.jsonl` and `times.jsonl`. */
export async function writeMerged(
  dir: string,
  sweep: Sweep,
  order: readonly string[],
  { records, times }: Pick<FolderRuns, 'records' | 'times'>,
): Promise<string> {
  const path = join(dir, MERGED_FILE);
  const lines = order.flatMap((run) => records.get(run) ?? []).map(toLine);
  await replace(path, [toLine(headerOf(sweep, catalog)), ...lines].join(''));
  const ofRuns = order.flatMap((run) => times.get(run) ?? []).map(toLine);
  await replace(join(dir, 'times.jsonl'), ofRuns.join(''));
  return path;
}
