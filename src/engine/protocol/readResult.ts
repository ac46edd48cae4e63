// Readers of untrusted results: what charts, lists and a run that goes on read is checked; further fields are left as they are.
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
} from '../core/reader.ts';
import { isRole } from '../core/roles.ts';

export const bool: Reader<boolean> = matching((v): v is boolean => typeof v === 'boolean', 'true or false');
/** NaN is allowed. */
export const number: Reader<number> = matching((v): v is number => typeof v === 'number', 'a number');
export const count = matching(
  (v): v is number => Number.isSafeInteger(v) && (v as number) >= 0,
  'a whole number from 0',
);
export const role = matching(isRole, 'a role such as model or baseline');
export const orNull =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : reader(value, path);
/** An object with any keys and values of one kind. */
export const dictionary =
  <T>(reader: Reader<T>): Reader<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(record(value, path)).map(([key, own]) => [key, reader(own, `${path}.${key}`)]),
    );
export const floats = matching((v): v is Float32Array => v instanceof Float32Array, 'an array of float32');

export const numbers = list(number);
const score = object({ primary: text, metrics: record });
export const note = object({ code: text, text });
export const info = object({
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
export const epoch = object({
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
export const gain = object({ perTask: list(taskGain), mean: number, leftOut: integer });
const parts = object({ total: number, architecture: number, sharing: number });
export const decomposition = object({
  reference: oneOf(['baseline', 'twin']),
  perTask: list(object({ task: text, metric: text, difference: parts, percent: parts })),
  mean: parts,
  leftOut: integer,
});
export const tested = object({
  result: networkResult,
  gain: orNull(gain),
  decomposition: orNull(decomposition),
});
export const seedResult = object({
  seed: integer,
  model: networkResult,
  baseline: orNull(networkResult),
  gain: orNull(gain),
  decomposition: orNull(decomposition),
  others: list(tested),
});

const choice = object({
  best: object({ score: number, loss: number }),
  bestEpoch: count,
  bestStep: count,
  waited: count,
  stopped: bool,
});
/** What a network stores besides its tensors (`NetworkState` in training/networkInTraining.ts). */
export const networkState = object({
  step: count,
  epochLossSums: numbers,
  /** One number in checkpoints from before missing labels. */
  epochRows: (value, path) => (typeof value === 'number' ? value : numbers(value, path)),
  choices: list(choice),
  records: list(epoch),
  trainMs: number,
  evaluationMs: number,
  lastGradientNorm: orNull(number),
});
