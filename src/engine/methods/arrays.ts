// What methods keep from step to step in JavaScript. It is float32, so that a checkpoint stores it exactly.
import { clip, WorkbenchError } from '../core/errors.ts';
import type { MethodState, WithState } from './method.ts';

/**
 * @param method - id, used in the message
 * @param initial - the values each array starts with
 */
export function keptArrays<Name extends string>(
  method: string,
  initial: Record<Name, ArrayLike<number>>,
): Record<Name, Float32Array> & Required<Pick<WithState, 'save' | 'restore'>> {
  const names = Object.keys(initial) as Name[];
  const arrays = Object.fromEntries(names.map((name) => [name, Float32Array.from(initial[name])])) as Record<
    Name,
    Float32Array
  >;
  return {
    ...arrays,
    save: async () => Object.fromEntries(names.map((name) => [name, arrays[name].slice()])),
    restore: (state: MethodState) => {
      requireOnly(method, state, names);
      for (const name of names) arrays[name].set(storedValues(method, state, name, arrays[name].length));
    },
  };
}

/** @throws WorkbenchError (file) when a checkpoint has no such values */
export function storedValues(method: string, state: MethodState, name: string, length: number): Float32Array {
  const stored = state[name];
  if (stored?.length === length) return stored;
  throw WorkbenchError.of('file', {
    path: `checkpoint: ${method}/${name}`,
    expected: `${length} values`,
    got: stored ? `${stored.length} values` : 'nothing',
    remedy: 'Go on from a checkpoint of the same experiment, or start the run anew.',
  });
}

/** @throws WorkbenchError (file) when a checkpoint has values of other names, which would be dropped */
export function requireOnly(method: string, state: MethodState, names: readonly string[]): void {
  const other = Object.keys(state).find((name) => !names.includes(name));
  if (other !== undefined) throw foreign(`${method}/${other}`, names.join(', ') || 'no state');
}

/** The error for stored values that belong to another method, or to other settings of it. */
export const foreign = (name: string, expected: string) =>
  WorkbenchError.of('file', {
    path: 'checkpoint',
    expected,
    got: clip(name),
    remedy: 'It is of another experiment, or damaged: run again from the start.',
  });
