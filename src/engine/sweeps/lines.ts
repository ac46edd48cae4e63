// A sweep file: JSON lines. The first line is the sweep, every other one a run. Appending suffices to store a run, so the last
// line may be incomplete if the writer was killed; all complete ones count.
import type { Catalog } from '../config/catalog.ts';
import { isRole } from '../core/roles.ts';
import type { NetworkResult, RunResult } from '../protocol/result.ts';
import { sweepId } from './expand.ts';
import { isObject } from './reading.ts';
import { RECORD_VERSION, type RunTimes, type SweepRecord } from './record.ts';
import type { Sweep } from './sweep.ts';

export interface SweepHeader {
  type: 'sweep';
  version: typeof RECORD_VERSION;
  id: string;
  sweep: Sweep;
}

export const headerOf = (sweep: Sweep, catalog: Catalog): SweepHeader => ({
  type: 'sweep',
  version: RECORD_VERSION,
  id: sweepId(sweep, catalog),
  sweep,
});

/** JSON has neither NaN and infinities nor typed arrays; both are tagged, so that they are restored exactly. */
export function toLine(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) };
    if (item instanceof Float64Array) return { $float64: Array.from(item) };
    return item;
  });
  return `${text}\n`;
}

/** @throws SyntaxError if a line is not JSON */
export const fromLine = (line: string): unknown =>
  JSON.parse(line, (_key, item: unknown) => {
    if (!isObject(item)) return item;
    const [only, ...others] = Object.keys(item);
    if (others.length > 0) return item;
    if (only === '$number') return Number(item.$number);
    return only === '$float64' && Array.isArray(item.$float64) ? Float64Array.from(item.$float64) : item;
  });

export interface SweepLines {
  /** Unchecked: `parseSweep` reads its `sweep`. Null if the first line is not a header. */
  header: { id: string; sweep: unknown } | null;
  records: SweepRecord[];
  /** Numbers of lines that are not runs, counted from 1. */
  broken: number[];
  /** Characters up to the end of the last complete line. */
  wholeLength: number;
}

/**
 * Reads a file of runs, which may be truncated anywhere.
 * @param mostBroken - reading ends after so many lines that are not runs
 */
export function readLines(text: string, mostBroken = Number.POSITIVE_INFINITY): SweepLines {
  const wholeLength = text.lastIndexOf('\n') + 1;
  const found: SweepLines = { header: null, records: [], broken: [], wholeLength };
  for (const { line, number, isCut } of linesIn(text)) {
    const value = parsed(line);
    // A last line without its line end may be complete; repeating its run is always correct.
    if (number === 1 && isHeader(value)) found.header = { id: value.id, sweep: value.sweep };
    else if (!isCut && isRecord(value)) found.records.push(value);
    else found.broken.push(number);
    if (found.broken.length >= mostBroken) break;
  }
  return found;
}

/** So many numbers of lines stand in a message. */
const MOST_NAMED = 20;

/** "3", "3, 5 and 998 more" */
export function linesText(numbers: readonly number[]): string {
  const more = numbers.length - MOST_NAMED;
  const named = numbers.slice(0, MOST_NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/** Lines with something on them, one by one: an array of them all could be larger than memory. */
function* linesIn(text: string): Generator<{ line: string; number: number; isCut: boolean }> {
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    number++;
    from = end < 0 ? text.length : end + 1;
    if (line.trim() !== '') yield { line, number, isCut: end < 0 };
  }
}

/** Reads a file of times by run id; if a run occurs twice the last one counts. */
export function readTimes(text: string): Map<string, RunTimes> {
  const times = new Map<string, RunTimes>();
  for (const { line } of linesIn(text)) {
    const value = parsed(line);
    if (isObject(value) && typeof value.run === 'string' && typeof value.elapsedMs === 'number')
      times.set(value.run, value as Partial<RunTimes> as RunTimes);
  }
  return times;
}

function parsed(line: string): unknown {
  try {
    return fromLine(line);
  } catch {
    return null;
  }
}

const isHeader = (value: unknown): value is { id: string; sweep: unknown } =>
  isObject(value) &&
  value.type === 'sweep' &&
  value.version === RECORD_VERSION &&
  typeof value.id === 'string';

/** Checks the parts of a record that the figures of a sweep read. */
function isRecord(value: unknown): value is SweepRecord {
  return (
    isObject(value) &&
    value.version === RECORD_VERSION &&
    typeof value.run === 'string' &&
    typeof value.cell === 'string' &&
    Number.isInteger(value.seed) &&
    isResult(value.result)
  );
}

function isResult(value: unknown): value is RunResult {
  return (
    isObject(value) &&
    value.version === 1 &&
    (value.status === 'finished' || value.status === 'failed') &&
    isObject(value.experiment) &&
    isObject(value.backend) &&
    (value.dataset === null || isDataset(value.dataset)) &&
    Array.isArray(value.notes) &&
    value.notes.every(
      (note) => isObject(note) && typeof note.code === 'string' && typeof note.text === 'string',
    ) &&
    (value.error === null || isObject(value.error)) &&
    Array.isArray(value.comparison) &&
    Array.isArray(value.seeds) &&
    value.seeds.every(
      (seed) =>
        isObject(seed) &&
        Number.isInteger(seed.seed) &&
        isNetwork(seed.model) &&
        (seed.baseline === null || isNetwork(seed.baseline)) &&
        hasPerTask(seed.gain) &&
        hasPerTask(seed.decomposition) &&
        Array.isArray(seed.others) &&
        seed.others.every(
          (other) =>
            isObject(other) &&
            isNetwork(other.result) &&
            hasPerTask(other.gain) &&
            hasPerTask(other.decomposition),
        ),
    )
  );
}

const isDataset = (value: unknown): boolean =>
  isObject(value) &&
  Array.isArray(value.tasks) &&
  value.tasks.every((task) => isObject(task) && typeof task.name === 'string');

/** A gain, or its parts; null where there is none. */
const hasPerTask = (value: unknown): boolean =>
  value === null || (isObject(value) && Array.isArray(value.perTask) && value.perTask.every(isObject));

const isScores = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (s) => isObject(s) && typeof s.task === 'string' && typeof s.primary === 'string' && isObject(s.metrics),
  );

const isNetwork = (value: unknown): value is NetworkResult =>
  isObject(value) &&
  isRole(value.role) &&
  typeof value.label === 'string' &&
  Array.isArray(value.bestEpochs) &&
  Array.isArray(value.epochs) &&
  isScores(value.test) &&
  isScores(value.validation);
