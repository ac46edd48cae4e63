// Helpers of the parsers for untrusted JSON of sweeps.

import { jsonText } from '../core/jsonText.ts';

export type Refuse = (path: string, expected: string, got: unknown, remedy: string) => void;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Formats a value for a message. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : jsonText(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Reports unknown keys of an object. */
export function refuseOthers(
  object: Record<string, unknown>,
  keys: readonly string[],
  path: string,
  refuse: Refuse,
): void {
  for (const key of Object.keys(object))
    if (!keys.includes(key))
      refuse(
        `${path}.${key}`,
        `one of the keys ${keys.join(', ')}`,
        key,
        'Remove this key or correct its name.',
      );
}

/** A finite number within limits; else reports it and returns undefined. */
export function readNumber(
  value: unknown,
  path: string,
  { min, max, integer = false }: { min: number; max: number; integer?: boolean },
  refuse: Refuse,
): number | undefined {
  const isFit =
    typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value));
  if (isFit) return value;
  const kind = integer ? 'an integer' : 'a number';
  refuse(path, `${kind} from ${min} to ${max}`, value, 'Give it a value within these limits.');
  return undefined;
}
