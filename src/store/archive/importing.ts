// Imports runs from files: of the page itself, and of sweeps by the command line.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { entryOf } from '../runEntry.ts';
import type { RunStore } from '../storage/runStore.ts';
import { type IsHere, LARGEST_ARCHIVE, megabytes, readArchive } from './archive.ts';
import { isSweepFile, isTimesFile, readSweepFiles, type TextFile } from './sweepFiles.ts';

export interface ImportInto {
  catalog: Catalog;
  runs: Pick<RunStore, 'putWhole'>;
  isHere: IsHere;
  /** The highest run number so far. */
  highest: number;
}

export interface Imported {
  title: string;
  lines: string[];
  /** The sweeps that the runs belong to. */
  sweeps: Sweep[];
}

const countOf = (runs: number): string => `${runs} ${runs === 1 ? 'run' : 'runs'}`;

/** Imports files that were chosen or dropped together; files of one sweep belong together. */
export async function importFiles(files: readonly File[], into: ImportInto): Promise<Imported> {
  const { catalog, runs, isHere, highest } = into;
  let imported = 0;
  let already = 0;
  const lines: string[] = [];
  const found: Sweep[] = [];
  const texts: TextFile[] = [];
  for (const file of files) {
    const head = await file.slice(0, 1000).text();
    if (!isSweepFile(head) && !isTimesFile(head)) {
      const report = await readArchive(file, catalog, runs, isHere);
      imported += report.imported;
      already += report.already;
      for (const line of report.broken) lines.push(line);
      found.push(...report.sweeps);
    } else if (file.size > LARGEST_ARCHIVE)
      lines.push(
        `${file.name}: expected at most ${megabytes(LARGEST_ARCHIVE)}, got ${megabytes(file.size)}. Open the files of its shards, a few at a time.`,
      );
    else texts.push({ name: file.name, text: await file.text() });
  }
  const now = new Date().toISOString();
  const { sweeps, broken } = readSweepFiles(texts, catalog, highest + 1, now);
  for (const line of broken) lines.push(line);
  if (texts.length > 0 && sweeps.length === 0 && broken.length === 0)
    lines.push('These are the times of runs. Open the file of the runs with them, such as runs.jsonl.');
  for (const { sweep, runs: own } of sweeps) {
    let stored = 0;
    for (const { record, labels } of own) {
      if (isHere(record)) {
        already++;
        continue;
      }
      await runs.putWhole({
        entry: { ...entryOf(record), labels },
        record,
        series: null,
        captures: null,
        networks: null,
      });
      stored++;
    }
    imported += stored;
    lines.unshift(`${countOf(stored)} of the sweep ${sweep.label}.`);
    found.push(sweep);
  }
  if (already > 0) lines.unshift(`${already} were here already and stay as they are.`);
  return { title: `${countOf(imported)} imported`, lines, sweeps: found };
}
