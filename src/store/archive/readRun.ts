// Reads a run from an untrusted file: everything that charts and lists read is checked before it is stored.
import type { Catalog } from '../../engine/config/catalog.ts';
import { configError, parseExperiment } from '../../engine/config/experiment.ts';
import {
  integer,
  list,
  matching,
  object,
  oneOf,
  type Reader,
  record,
  text,
} from '../../engine/core/reader.ts';
import { KEPT_VERSION } from '../../engine/protocol/keptNetworks.ts';
import {
  bool,
  decomposition,
  dictionary,
  epoch,
  floats,
  gain,
  info,
  networkState,
  note,
  number,
  numbers,
  orNull,
  role,
  seedResult,
  tested,
} from '../../engine/protocol/readResult.ts';
import type { RunLabels } from '../runEntry.ts';
import type { RunParts } from '../runParts.ts';
import { RECORD_VERSION, type RunRecord } from '../runRecord.ts';

const LONGEST = 2_000;

const short: Reader<string> = matching(
  (v): v is string => typeof v === 'string' && v.length <= LONGEST,
  'short text',
);
/** A plain list in recorded runs. */
const matrix: Reader<unknown> = (value, path) =>
  value instanceof Float64Array ? value : numbers(value, path);
const estimate = object({ mean: number, sd: number, low: number, high: number, perSeed: numbers });
const parts = object({ total: estimate, architecture: estimate, sharing: estimate });
const taskEstimate = object({
  task: text,
  metric: text,
  higherIsBetter: bool,
  mean: number,
  low: number,
  high: number,
  perSeed: numbers,
});
const compared = object({
  role,
  id: text,
  label: text,
  parameters: number,
  perTask: list(taskEstimate),
  gain: orNull(object({ mean: number, low: number, high: number, perSeed: numbers, perTask: list(record) })),
  decomposition: orNull(object({ reference: text, perTask: list(record), mean: parts })),
  against: list(object({ role, perTask: list(estimate), gain: orNull(estimate) })),
  isBest: object({ perTask: list(bool), gain: bool }),
  trainSeconds: number,
});
const dataset = object({
  name: text,
  rows: integer,
  split: object({ train: integer, validation: integer, test: integer }),
  features: list(object({ name: text, kind: oneOf(['numeric', 'categorical']), cardinality: integer })),
  tasks: list(object({ name: text, type: oneOf(['regression', 'binary', 'multiclass']), outputs: integer })),
  targetScaling: list(orNull(record)),
  relatedness: object({ realised: matrix }),
  notes: list(note),
});
const error = object({ kind: text, message: text, issues: list(record) });
const backend = object({
  active: oneOf(['webgpu', 'wasm', 'cpu']),
  adapter: text,
  reason: text,
  tried: list(record),
});
const seedState = object({
  seed: integer,
  parts: list(info),
  stepsPerEpoch: number,
  epochs: integer,
  records: dictionary(list(epoch)),
  liveGain: orNull(gain),
  liveDecomposition: orNull(decomposition),
  liveMeans: record,
  tested: dictionary(tested),
  result: orNull(seedResult),
});
const runResult = object({
  status: oneOf(['finished', 'stopped', 'failed']),
  startedAt: text,
  elapsedMs: number,
  notes: list(note),
});

const runRecord = object({
  version: oneOf([RECORD_VERSION]),
  runId: matching(
    // Runs are looked up by their ids, and every object has an answer to `constructor`.
    (v): v is string =>
      typeof v === 'string' && /^[\w-]{1,64}(\/[\w-]{1,64})?$/.test(v) && !(v in Object.prototype),
    'an id',
  ),
  number: integer,
  isExample: matching((v): v is false => v === false, 'false'),
  createdAt: matching((v): v is string => typeof v === 'string' && !Number.isNaN(Date.parse(v)), 'a date'),
  seeds: list(integer),
  backend: orNull(backend),
  status: oneOf(['preparing', 'running', 'paused', 'stopped', 'failed', 'finished', 'interrupted']),
  dataset: orNull(dataset),
  seedStates: list(seedState),
  weightsRead: orNull(object({ fileName: text, tensors: integer, notes: list(note) })),
  comparison: list(compared),
  gain: orNull(object({ mean: number, low: number, high: number, perSeed: numbers })),
  notes: list(note),
  error: orNull(error),
  result: orNull(runResult),
});
const labels = object({ name: short, tags: list(short), isStarred: bool, note: short });
const points = object({ steps: numbers, taskLosses: list(numbers), gradientNorms: numbers });
const series = list(object({ seed: integer, role, points }));
const networks = object({
  version: oneOf([KEPT_VERSION]),
  seed: integer,
  epoch: integer,
  table: text,
  tensors: dictionary(floats),
  networks: list(object({ role, info, state: networkState })),
});

/** A run in an archive. Probe answers are left out, because they can be asked again. */
export interface ArchivedRun {
  labels: RunLabels;
  record: RunRecord;
  series: RunParts['series'] | null;
  networks: RunParts['networks'] | null;
}

/**
 * Checks everything that charts and lists read; further fields are left as they are.
 * @param path - names the run in errors: "run 3"
 * @throws WorkbenchError (config) at the first invalid field
 */
export function readRun(value: unknown, path: string, catalog: Catalog): ArchivedRun {
  const given = record(value, path);
  runRecord(given.record, path);
  const own = given.record as RunRecord;
  const { experiment, issues } = parseExperiment(own.experiment, catalog);
  if (issues.length > 0) throw configError(issues);
  if (given.series !== null) series(given.series, `${path}.series`);
  if (given.networks !== null) {
    networks(given.networks, `${path}.networks`);
    orNull(text)(record(given.networks, path).fileId, `${path}.networks.fileId`);
  }
  return {
    labels: labels(given.labels, `${path}.labels`),
    record: { ...own, experiment },
    series: given.series as ArchivedRun['series'],
    networks: given.networks as ArchivedRun['networks'],
  };
}
