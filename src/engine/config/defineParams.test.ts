// Settings have the types of their specs: the assignments below fail the type check if a type is wrong.
import { describe, expect, it } from 'vitest';
import { defineParams, type Keyed, type SettingsOf, settingsOf } from './defineParams.ts';
import { defaultsOf, type NumberParam, parseParams } from './params.ts';

const named = <const Key extends string>(key: Key): Keyed<NumberParam, Key> => ({
  kind: 'number',
  key,
  label: key,
  help: '',
  integer: true,
  min: 0,
  max: 9,
  step: 1,
  default: 3,
});

const specs = defineParams([
  named('depth'),
  {
    kind: 'choice',
    key: 'shape',
    label: 'Shape',
    help: '',
    options: [
      { value: 'round', label: 'Round' },
      { value: 'flat', label: 'Flat' },
    ],
    default: 'round',
  },
  { kind: 'switch', key: 'isOpen', label: 'Open', help: '', default: true },
  {
    kind: 'words',
    key: 'kinds',
    label: 'Kinds',
    help: '',
    options: [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ],
    minLength: 1,
    maxLength: 3,
    default: ['a'],
  },
  { kind: 'matrix', key: 'gram', label: 'Gram', help: '', min: -1, max: 1, default: [] },
]);

interface Expected {
  depth: number;
  shape: 'round' | 'flat';
  isOpen: boolean;
  kinds: ('a' | 'b')[];
  gram: number[][];
}

/** Compiles for equal types only. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;
const isTyped: Same<SettingsOf<typeof specs>, Expected> = true;

describe('settings', () => {
  it('have the keys, types and defaults of their specs', () => {
    const settings: Expected = settingsOf(specs, defaultsOf(specs));
    expect(isTyped).toBe(true);
    expect(settings).toEqual({ depth: 3, shape: 'round', isOpen: true, kinds: ['a'], gram: [] });
  });

  it('leave out keys of other specs, and refuse a missing one by name', () => {
    expect(settingsOf([named('depth')], { depth: 4, shape: 'flat' })).toEqual({ depth: 4 });
    expect(() => settingsOf(specs, { depth: 4 })).toThrow(/shape: expected one of round, flat, got nothing/);
  });

  it('share no list with their specs, nor with what was parsed', () => {
    expect(defaultsOf(specs).kinds).not.toBe(defaultsOf(specs).kinds);
    const given = { kinds: ['a'] };
    const { params, issues } = parseParams(specs, given, 'model');
    expect([params.kinds, issues]).toEqual([['a'], []]);
    expect(params.kinds).not.toBe(given.kinds);
  });
});
