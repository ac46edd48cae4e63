// Reads the files of `multitab sweep` as runs of the page: files of runs, of shards or merged, and files of times beside them.
import type { Catalog } from '../../engine/config/catalog.ts';
import { configError } from '../../engine/config/experiment.ts';
import { clip } from '../../engine/core/errors.ts';
import type { RunResult } from '../../engine/protocol/result.ts';
import {
  type Cell,
  expandCells,
  isSameExperiment,
  runsOf,
  type SweepRun,
  sweepId,
} from '../../engine/sweeps/expand.ts';
import { cellsEver } from '../../engine/sweeps/halving.ts';
import { linesText, readLines, readTimes } from '../../engine/sweeps/lines.ts';
import { parseSweep } from '../../engine/sweeps/parse.ts';
import type { RunTimes, SweepRecord } from '../../engine/sweeps/record.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { newRecord, reduceRecord } from '../recordReducer.ts';
import { NO_LABELS } from '../runEntry.ts';
import type { RunRecord, SeedState } from '../runRecord.ts';
import { runIdOf } from '../sweeps/runIds.ts';
import { MOST_BROKEN, reasonOf } from './archive.ts';
import { type ArchivedRun, readRun } from './readRun.ts';

export interface TextFile {
  name: string;
  text: string;
}

/** Recognised by its first line. */
export const isSweepFile = (text: string): boolean => /^\s*\{"type":"sweep",/.test(text);
export const isTimesFile = (text: string): boolean => /^\s*\{"run":"[^"]+","startedAt":/.test(text);

export interface FoundSweep {
  sweep: Sweep;
  runs: ArchivedRun[];
}

/** Lines of one sweep from any number of its files; of a run that occurs twice, the first counts. */
interface Lines {
  sweep: unknown;
  /** The file that each run came from, such as "runs.jsonl". */
  records: Map<string, { record: SweepRecord; file: string }>;
}

/**
 * @param first - number of the first run; the others count up from it
 * @param importedAt - ISO 8601, the start of runs without times
 */
export function readSweepFiles(
  files: readonly TextFile[],
  catalog: Catalog,
  first: number,
  importedAt: string,
): { sweeps: FoundSweep[]; broken: string[] } {
  const broken: string[] = [];
  const bySweep = new Map<string, Lines>();
  const times = new Map<string, RunTimes>();
  for (const { name, text } of files) {
    if (!isSweepFile(text)) {
      for (const [run, own] of readTimes(text)) times.set(run, own);
      continue;
    }
    const { header, records, broken: lines } = readLines(text, MOST_BROKEN);
    if (lines.length > 0) {
      const rest = lines.length < MOST_BROKEN ? '' : ' What follows was not read.';
      broken.push(`${clip(name)}: line ${linesText(lines)} is cut off or no run.${rest}`);
    }
    if (!header) continue;
    const own = bySweep.get(header.id) ?? { sweep: header.sweep, records: new Map() };
    bySweep.set(header.id, own);
    for (const record of records)
      if (!own.records.has(record.run)) own.records.set(record.run, { record, file: name });
  }
  let number = first;
  const sweeps = [...bySweep].flatMap(([id, { sweep: given, records }]): FoundSweep[] => {
    const { sweep, issues } = parseSweep(given, catalog);
    if (issues.length > 0 || sweepId(sweep, catalog) !== id) {
      const why = issues.length > 0 ? configError(issues).message : 'it was trained with other defaults';
      broken.push(`The sweep ${sweep.label} does not fit this version of the page: ${why}`);
      return [];
    }
    const cells = cellsEver(sweep, expandCells(sweep, catalog).cells, catalog);
    const cellOf = new Map(cells.map((cell) => [cell.id, cell]));
    const known = new Map(runsOf(cells, sweep).map((run) => [run.id, run]));
    const runs = [...records.values()].flatMap(({ record, file }): ArchivedRun[] => {
      const run = known.get(record.run);
      const cell = run && cellOf.get(run.cell);
      if (!run || !cell || !isSameExperiment(record.result.experiment, run.experiment)) {
        broken.push(
          `${file}: the run ${clip(record.run)} has other settings than its sweep, and is left out.`,
        );
        return [];
      }
      try {
        const given = { runId: runIdOf(id, run), number: number++, importedAt };
        const own = recordOf(record.result, run, times.get(run.id), given);
        const labels = { ...NO_LABELS, ...labelsOf(sweep, cell, run) };
        return [readRun({ record: own, labels, series: null, networks: null }, record.run, catalog)];
      } catch (error) {
        broken.push(`${file}: the run ${clip(record.run)}: ${reasonOf(error)}`);
        return [];
      }
    });
    return [{ sweep, runs }];
  });
  return { sweeps, broken };
}

/** Labels as the queue of the page writes them. */
const labelsOf = (sweep: Sweep, { labels }: Pick<Cell, 'labels'>, { seed }: Pick<SweepRun, 'seed'>) => ({
  name: [...labels, `seed ${seed}`].join(', '),
  tags: [sweep.label],
});

interface Given {
  runId: string;
  number: number;
  importedAt: string;
}

/** The record that the events of the run would have given. */
function recordOf(
  result: RunResult,
  { experiment, seed }: SweepRun,
  times: RunTimes | undefined,
  { runId, number, importedAt }: Given,
): RunRecord {
  const timed = withTimes(result, times);
  const { backend, dataset, notes, status, error } = timed;
  const at = { runId, step: 0 };
  const startedAt = timed.startedAt || importedAt;
  const started = { ...at, type: 'run-started' as const, experiment, seeds: [seed], backend, startedAt };
  let record: RunRecord = { ...newRecord(number, { ...started, resumedFromStep: null }), dataset, notes };
  for (const own of timed.seeds) record = reduceRecord(record, { ...at, type: 'seed-finished', result: own });
  if (timed.unfinished)
    record = { ...record, seedStates: [...record.seedStates, unfinishedSeed(timed.unfinished)] };
  return status === 'failed' && error
    ? reduceRecord(record, { ...at, type: 'run-failed', error, result: timed })
    : reduceRecord(record, { ...at, type: 'run-finished', result: timed });
}

/** The curves of a seed that did not finish. */
function unfinishedSeed({ seed, records }: NonNullable<RunResult['unfinished']>): SeedState {
  return {
    seed,
    parts: [],
    stepsPerEpoch: 0,
    epochs: Math.max(0, ...Object.values(records).map((own) => own?.length ?? 0)),
    records: { model: [], baseline: [], ...records },
    liveGain: null,
    liveDecomposition: null,
    liveMeans: {},
    tested: {},
    result: null,
  };
}

/** A result of a sweep has no times; without a file of times they are unknown. */
function withTimes(result: RunResult, times: RunTimes | undefined): RunResult {
  const seconds = (role: string) => {
    const own = times?.networks?.find((network) => network.role === role);
    return own ? own.trainMs / 1000 : Number.NaN;
  };
  return {
    ...result,
    startedAt: times?.startedAt ?? '',
    elapsedMs: times?.elapsedMs ?? 0,
    comparison: result.comparison.map((column) => ({ ...column, trainSeconds: seconds(column.role) })),
  };
}
