import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { readSeeds } from './options.ts';

const read = (...args: string[]) =>
  readArguments('run', args, {
    seeds: { type: 'string' },
    set: { type: 'string', multiple: true },
    quiet: { type: 'boolean', default: false },
  });

describe('arguments', () => {
  it('are options with their values, joined by a space or an equals sign, and the rest', () => {
    const { values, positionals } = read(
      'a.json',
      '--set',
      'x=1',
      '--quiet',
      '--set=y==',
      '--seeds',
      '',
      '-',
    );
    expect(values).toEqual({ seeds: '', set: ['x=1', 'y=='], quiet: true });
    expect(positionals).toEqual(['a.json', '-']);
    expect(read('--', '--seeds', '-1').positionals).toEqual(['--seeds', '-1']);
  });

  it('may have values that begin with a dash, which the option itself refuses', () => {
    for (const args of [['--seeds', '-1'], ['--seeds=-1']]) {
      const { seeds } = read(...args).values;
      expect(seeds).toBe('-1');
      expect(() => readSeeds(seeds)).toThrow(
        /^--seeds: expected integers from 0 and ranges of them, separated by commas, got -1\. For example/,
      );
    }
    expect(read('--set', '-').values.set).toEqual(['-']);
  });

  it.each<[string[], string]>([
    [
      ['--seeds'],
      'multitab run, --seeds: expected a value, got nothing behind it. Write --seeds VALUE; a value that begins with two dashes as --seeds=VALUE.',
    ],
    [
      ['--seeds', '--quiet'],
      'multitab run, --seeds: expected a value, got --quiet. Write --seeds VALUE; a value that begins with two dashes as --seeds=VALUE.',
    ],
    [
      ['--sedes=1'],
      'multitab run: expected one of the options --seeds, --set, --quiet, got --sedes. Run "multitab help" for what they mean.',
    ],
    [
      ['-q'],
      'multitab run: expected one of the options --seeds, --set, --quiet, got -q. Run "multitab help" for what they mean.',
    ],
    [
      ['--quiet=1'],
      `multitab run: Option '--quiet' does not take an argument.\nRun "multitab help" for the options.`,
    ],
  ])('%j are refused', (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ message }));
  });
});
