// Runs as one file, for moving or archiving: JSON lines, so that the intact part of a damaged file can be read. The first line
// is a header; tables come before the runs that need them, and sweeps before their runs; each run is one line.
import type { Catalog } from '../../engine/config/catalog.ts';
import { configError } from '../../engine/config/experiment.ts';
import { tableInput } from '../../engine/config/tableInput.ts';
import { clip } from '../../engine/core/errors.ts';
import { matching, object, oneOf, record, text } from '../../engine/core/reader.ts';
import { parseSweep } from '../../engine/sweeps/parse.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { entryOf } from '../runEntry.ts';
import { networksOf, partOf } from '../runParts.ts';
import type { RunRecord } from '../runRecord.ts';
import type { RunStore } from '../storage/runStore.ts';
import { type ArchivedRun, readRun } from './readRun.ts';
import { readLine, writeLine } from './text.ts';

const FORMAT = 'multitab-runs';
const VERSION = 1;
export const LARGEST_ARCHIVE = 100 * 1024 * 1024;
export const ARCHIVE_NAME = 'runs.multitab.jsonl';

export const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const head = object({ format: oneOf([FORMAT]), version: oneOf([VERSION]) });
const bytes = matching((v): v is Uint8Array<ArrayBuffer> => v instanceof Uint8Array, 'bytes');
const fileLine = object({ id: text, name: text, bytes });

/**
 * @param withNetworks - also the weights and the tables they were trained on, which are the larger part
 * @param sweeps - the sweeps that some of the runs belong to
 */
export async function writeArchive(
  runs: Pick<RunStore, 'whole'>,
  runIds: readonly string[],
  withNetworks: boolean,
  sweeps: readonly Sweep[] = [],
): Promise<Blob> {
  const parts: string[] = [writeLine({ format: FORMAT, version: VERSION })];
  for (const sweep of sweeps) parts.push(writeLine({ sweep }));
  const files = new Set<string>();
  for (const runId of runIds) {
    const whole = await runs.whole(runId);
    if (!whole) continue;
    const { entry, record: own, series } = whole;
    const networks = withNetworks ? whole.networks : null;
    const file = networks?.file;
    if (file && !files.has(file.id)) {
      files.add(file.id);
      const content = new Uint8Array(await file.blob.arrayBuffer());
      parts.push(writeLine({ file: { id: file.id, name: file.name, bytes: content } }));
    }
    const part = networks && partOf(networks);
    parts.push(writeLine({ run: { labels: entry.labels, record: own, series, networks: part } }));
  }
  return new Blob(parts, { type: 'application/jsonl' });
}

export interface ImportReport {
  imported: number;
  /** Runs that exist here already and stay unchanged. */
  already: number;
  /** What could not be read: where, and why. */
  broken: string[];
  sweeps: Sweep[];
}

/** Whether the run of that record exists here and stays. */
export type IsHere = (record: Pick<RunRecord, 'runId' | 'status'>) => boolean;

/** Without the remedy about requests: nobody corrects a file by hand. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(' Correct the request.', '');

/** Lines of a text that is never held in memory as a whole. */
async function* linesOf(blob: Blob): AsyncGenerator<string> {
  const reader = blob.stream().pipeThrough(new TextDecoderStream()).getReader();
  /** Pieces of a line whose end was not read yet: joined once, however many they are. */
  let open: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const [first = '', ...others] = value.split('\n');
      open.push(first);
      for (const next of others) {
        yield open.join('');
        open = [next];
      }
    }
    yield open.join('');
  } finally {
    // Whoever has read enough leaves the rest.
    await reader.cancel().catch(() => {});
  }
}

/** Of broken lines; a file with more is no archive any more. */
export const MOST_BROKEN = 1_000;
/** Of tables, and of sweeps; each holds runs of its own. */
const MOST_OF_A_KIND = 1_000;

function requireRoom(kind: string, count: number): void {
  if (count >= MOST_OF_A_KIND) throw new Error(`${kind}: expected at most ${MOST_OF_A_KIND}, got more.`);
}

/** Stores every intact run. @throws Error if nothing can be read, or storage refuses */
export async function readArchive(
  blob: Blob,
  catalog: Catalog,
  runs: Pick<RunStore, 'putWhole'>,
  isHere: IsHere,
): Promise<ImportReport> {
  if (blob.size > LARGEST_ARCHIVE)
    throw new Error(
      `archive: expected at most ${megabytes(LARGEST_ARCHIVE)}, got ${megabytes(blob.size)}. Export fewer runs at a time, or without weights.`,
    );
  const report: ImportReport = { imported: 0, already: 0, broken: [], sweeps: [] };
  const files = new Map<string, ReturnType<typeof tableInput>>();
  let number = 0;
  let tables = 0;
  for await (const line of linesOf(blob)) {
    number++;
    const place = `line ${number}`;
    if (line.trim() === '') continue;
    if (report.broken.length >= MOST_BROKEN) {
      report.broken.push(
        `${place} and those behind it were not read, because ${MOST_BROKEN} before them are broken.`,
      );
      break;
    }
    let run: ArchivedRun;
    try {
      const content = record(readLine(line), 'line');
      if (number === 1) {
        head(content, 'archive');
        continue;
      }
      if (content.file !== undefined) {
        const file = fileLine(content.file, 'file');
        if (files.has(file.id))
          throw new Error(`file.id: expected an id of its own, got ${clip(file.id)} again.`);
        requireRoom('tables', tables++);
        files.set(file.id, { ...tableInput(file.name, new Blob([file.bytes])), id: file.id });
        continue;
      }
      if (content.sweep !== undefined) {
        const { sweep, issues } = parseSweep(content.sweep, catalog);
        if (issues.length > 0) throw configError(issues);
        requireRoom('sweeps', report.sweeps.length);
        report.sweeps.push(sweep);
        continue;
      }
      run = readRun(content.run, 'run', catalog);
    } catch (error) {
      const reason = reasonOf(error);
      // Without its header the file may be anything.
      if (number === 1)
        throw new Error(`archive: expected a file that this workbench has exported. ${reason}`);
      report.broken.push(`${place}: ${reason}`);
      continue;
    }
    const { record: own, labels, series, networks } = run;
    if (isHere(own)) {
      report.already++;
      continue;
    }
    const file = networks?.fileId ? files.get(networks.fileId) : undefined;
    const isMissing = networks?.fileId && !file;
    if (isMissing) report.broken.push(`${place}: its table is missing, so its weights are left out.`);
    await runs.putWhole({
      entry: { ...entryOf(own), labels },
      record: own,
      series,
      captures: null,
      networks: networks && !isMissing ? networksOf(networks, file ?? null) : null,
    });
    report.imported++;
  }
  return report;
}
