// Reads a run from an untrusted file: everything that charts and lists read is checked before it is stored.
import type { Catalog } from '../../engine/config/catalog.ts';
import { configError, parseExperiment } from '../../engine/config/experiment.ts';
import {
  integer,
  list,
  matching,
  object,
  oneOf,
  optional,
  type Reader,
  record,
  text,
} from '../../engine/core/reader.ts';
import { isRole } from '../../engine/core/roles.ts';
import { KEPT_VERSION } from '../../engine/protocol/keptNetworks.ts';
import type { RunLabels } from '../runEntry.ts';
import type { RunParts } from '../runParts.ts';
import { RECORD_VERSION, type RunRecord } from '../runRecord.ts';

const LONGEST = 2_000;

const bool: Reader<boolean> = matching((v): v is boolean => typeof v === 'boolean', 'true or false');
/** NaN is allowed. */
const number: Reader<number> = matching((v): v is number => typeof v === 'number', 'a number');
const short: Reader<string> = matching(
  (v): v is string => typeof v === 'string' && v.length <= LONGEST,
  'short text',
);
const role = matching(isRole, 'a role such as model or baseline');
const orNull =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : reader(value, path);
const floats = matching((v): v is Float32Array => v instanceof Float32Array, 'an array of float32');

const numbers = list(number);
/** A plain list in recorded runs. */
const matrix: Reader<unknown> = (value, path) =>
  value instanceof Float64Array ? value : numbers(value, path);
const estimate = object({ mean: number, sd: number, low: number, high: number, perSeed: numbers });
const score = object({ primary: text, metrics: record });
const note = object({ code: text, text });
const info = object({
  role,
  id: text,
  label: text,
  parameters: number,
  flopsPerRow: optional(number),
  singleTask: bool,
  boosted: bool,
  stage: integer,
  stepsPerEpoch: number,
  epochs: integer,
});
const epoch = object({
  epoch: integer,
  step: integer,
  trainLosses: numbers,
  validationLosses: numbers,
  validation: list(score),
  score: number,
  isBest: list(bool),
});
const networkResult = object({
  role,
  id: text,
  label: text,
  parameters: number,
  epochs: list(epoch),
  bestEpochs: list(integer),
  bestSteps: list(integer),
  selection: list(text),
  validation: list(score),
  test: list(score),
  steps: integer,
});
const taskGain = object({ task: text, metric: text, higherIsBetter: bool, gain: number, difference: number });
const gain = object({ perTask: list(taskGain), mean: number, leftOut: integer });
const parts = object({ total: number, architecture: number, sharing: number });
const decomposition = object({
  reference: oneOf(['baseline', 'twin']),
  perTask: list(object({ task: text, metric: text, difference: parts, percent: parts })),
  mean: parts,
  leftOut: integer,
});
const estimates = object({ total: estimate, architecture: estimate, sharing: estimate });
const tested = object({ result: networkResult, gain: orNull(gain), decomposition: orNull(decomposition) });
const seedResult = object({
  seed: integer,
  model: networkResult,
  baseline: orNull(networkResult),
  gain: orNull(gain),
  decomposition: orNull(decomposition),
  others: list(tested),
});
const dictionary =
  <T>(reader: Reader<T>): Reader<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(record(value, path)).map(([key, own]) => [key, reader(own, `${path}.${key}`)]),
    );
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
  decomposition: orNull(object({ reference: text, perTask: list(record), mean: estimates })),
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
    (v): v is string => typeof v === 'string' && /^[\w-]{1,64}(\/[\w-]{1,64})?$/.test(v),
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
  networks: list(object({ role, info, state: record })),
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
