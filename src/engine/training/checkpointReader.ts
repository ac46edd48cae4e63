// Reads a checkpoint from a file: what a run needs to go on is checked before anything is made of it. What only a network knows,
// such as the number of its values, it checks when it takes them.
import { WorkbenchError } from '../core/errors.ts';
import { finite, integer, list, object, oneOf, optional, type Reader, record, text } from '../core/reader.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../protocol/checkpoint.ts';
import {
  count,
  dictionary,
  floats,
  networkState,
  note,
  number,
  orNull,
  role,
  seedResult,
  tested,
} from '../protocol/readResult.ts';

/** Like `dictionary`, with roles as keys. */
const byRole =
  <T>(reader: Reader<T>): Reader<Record<string, T>> =>
  (value, path) => {
    for (const key of Object.keys(record(value, path))) role(key, `${path}, a key`);
    return dictionary(reader)(value, path);
  };

const trial = object({ learningRate: finite, score: number, loss: number, failure: orNull(text) });
const state = object({
  stage: count,
  epoch: count,
  batch: count,
  parts: byRole(networkState),
  tested: list(tested),
  rates: byRole(list(trial)),
  finished: list(seedResult),
  notes: optional(list(note)),
  elapsedMs: number,
});
const checkpoint = object({
  version: oneOf([CHECKPOINT_VERSION]),
  runId: text,
  experiment: object({ compare: list(record) }),
  seedIndex: count,
  seeds: list(integer),
  epoch: count,
  step: count,
  savedAt: number,
  tensors: dictionary(floats),
  state,
});

/**
 * The value as a checkpoint, unchanged.
 * @throws WorkbenchError (config) at the first part that is none
 */
export function checkedCheckpoint(value: unknown): Checkpoint {
  const { seedIndex, seeds, state } = checkpoint(value, 'checkpoint');
  const before = seeds.slice(0, seedIndex);
  const done = state.finished.map(({ seed }) => seed);
  if (seedIndex >= seeds.length) refuse('seedIndex', `one below ${seeds.length}`, `${seedIndex}`);
  if (done.join() !== before.join())
    refuse('state.finished', `results of the seeds before it (${before.join(', ')})`, done.join(', '));
  return value as Checkpoint;
}

function refuse(part: string, expected: string, got: string): never {
  throw WorkbenchError.of('config', { path: `checkpoint.${part}`, expected, got, remedy: '' });
}
