// One trial: a sample is damaged and read. Returns what the reader did wrong, or null.
import fc from 'fast-check';
import { WorkbenchError } from '../../src/engine/core/errors.ts';
import { byteEdits, damaged, damagedJson, jsonEdits } from './damage.ts';
import type { Sample, Target } from './target.ts';

/** Longest allowed message: a page has to lay it out, and a terminal has to print it. */
const MOST_CHARACTERS = 12_000;

/** Samples with some damage; JSON is edited both as text and as values. */
export function trialsOf(samples: readonly Sample[]): fc.Arbitrary<Sample> {
  return fc.constantFrom(...samples).chain((sample) => {
    const asBytes = byteEdits.map((edits) => ({ ...sample, bytes: damaged(sample.bytes, edits) }));
    if (!sample.isJson) return asBytes;
    const text = new TextDecoder().decode(sample.bytes);
    const asJson = jsonEdits.map((edits) => ({
      ...sample,
      bytes: new TextEncoder().encode(damagedJson(text, edits)),
    }));
    return fc.oneof(asJson, asJson, asBytes);
  });
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const own = () => prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).length).join(' ');
const before = own();

/** @returns what is wrong, or null */
export async function faultOf(target: Target, sample: Sample): Promise<string | null> {
  let fault: string | null = null;
  try {
    await target.read(sample);
  } catch (error) {
    fault = faultOfRefusal(error);
  }
  return own() === before ? fault : 'prototypes were changed';
}

function faultOfRefusal(error: unknown): string | null {
  if (!(error instanceof WorkbenchError))
    return `expected a refusal, got ${(error as Error)?.stack ?? error}`;
  const { message } = error;
  if (!/[^\n]: expected /.test(message)) return `expected a refusal that names a place, got ${message}`;
  if (message.length > MOST_CHARACTERS)
    return `expected a message of at most ${MOST_CHARACTERS} characters, got ${message.length}: ${message.slice(0, 300)}`;
  return null;
}
