// The bytes of a checkpoint file: a line that names the format, the checksum of the rest (CRC-32, 4 bytes, little-endian), and a
// bundle of JSON and numbers. The checksum tells damage; everything else is checked as in any file from outside.

import { readBundle, writeBundle } from '../engine/core/bundle.ts';
import { crc32 } from '../engine/core/crc32.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import { jsonText } from '../engine/core/jsonText.ts';
import { object, oneOf, optional, text } from '../engine/core/reader.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../engine/protocol/checkpoint.ts';
import { checkedCheckpoint } from '../engine/training/checkpointReader.ts';

export interface Kept {
  checkpoint: Checkpoint;
  backend: BackendId;
  /** Of the table with its split, see `DatasetSummary`. */
  fingerprint: string | undefined;
}

const FORMAT = 'multitab checkpoint ';
const VERSION = 2;
const MAGIC = Buffer.from(`${FORMAT}${VERSION}\n`);
const CONTENT = MAGIC.length + 4;

export const START_ANEW = 'Name another file, or delete this one to start anew.';

export const refusal = (path: string, expected: string, got: string, remedy = START_ANEW) =>
  WorkbenchError.of('file', { path: `--checkpoint ${path}`, expected, got, remedy });

/** @throws Error where it is too large */
export function bytesOf(kept: Kept): Buffer {
  return framed(writeBundle(kept));
}

/** The file around a bundle. */
export function framed(bundle: Uint8Array): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(bundle));
  return Buffer.concat([MAGIC, checksum, bundle]);
}

const around = object({ backend: oneOf(['webgpu', 'wasm', 'cpu']), fingerprint: optional(text) });

/** @throws WorkbenchError (file) where it is damaged, of another version, or no checkpoint */
export function keptIn(bytes: Buffer, path: string): Kept {
  const own = bytes.subarray(0, MAGIC.length);
  if (!own.equals(MAGIC) || bytes.length < CONTENT) {
    const isOther = own.subarray(0, FORMAT.length).toString('latin1') === FORMAT;
    const got = isOther ? 'one of another version' : 'another file';
    throw refusal(path, `a checkpoint of multitab run, version ${VERSION}`, got);
  }
  const content = bytes.subarray(CONTENT);
  if (crc32(content) !== bytes.readUInt32LE(MAGIC.length))
    throw refusal(path, 'a whole checkpoint', 'a damaged one');
  const value = readBundle(content, (place, expected, got) => {
    throw refusal(`${path}, ${place}`, expected, got);
  });
  return checked(value, path);
}

function checked(value: unknown, path: string): Kept {
  const { checkpoint } = (value ?? {}) as Record<string, unknown>;
  const version = (checkpoint as { version?: unknown } | null | undefined)?.version;
  if (version !== undefined && version !== CHECKPOINT_VERSION)
    throw refusal(path, `a run of this version (${CHECKPOINT_VERSION})`, `version ${jsonText(version)}`);
  try {
    return { ...around(value, 'file'), checkpoint: checkedCheckpoint(checkpoint) } as Kept;
  } catch (error) {
    const [issue] = error instanceof WorkbenchError ? error.issues : [];
    if (!issue) throw error;
    throw refusal(`${path}, ${issue.path}`, issue.expected, issue.got);
  }
}
