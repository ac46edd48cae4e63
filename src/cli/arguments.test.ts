import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { readExperiment } from './experiment.ts';
import { readGoldenOptions } from './goldenOptions.ts';
import { commandHelp, helpText } from './help.ts';
import { COMMAND_OPTIONS, type CommandId, readRunOptions, readSeeds } from './options.ts';

const read = (...args: string[]) =>
  readArguments('run', args, {
    seeds: { type: 'string' },
    missing: { type: 'string' },
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
      '--missing',
      '',
      '-',
    );
    expect(values).toEqual({ missing: '', set: ['x=1', 'y=='], quiet: true });
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
      'multitab run: expected one of the options --seeds, --missing, --set, --quiet, got --sedes. Run "multitab help run" for what it takes.',
    ],
    [
      ['-q'],
      'multitab run: expected one of the options --seeds, --missing, --set, --quiet, got -q. Run "multitab help run" for what it takes.',
    ],
    [
      ['--quiet=1'],
      `multitab run: Option '--quiet' does not take an argument. Run "multitab help run" for what it takes.`,
    ],
    [
      ['--seeds', '0', '--seeds=1'],
      'multitab run, --seeds: expected it once, got it twice. Leave out the one that does not count.',
    ],
    ...[['--seeds', ''], ['--seeds=']].map((args): [string[], string] => [
      args,
      'multitab run, --seeds: expected a value, got an empty one. Leave the option out, or give it one; is a variable not set?',
    ]),
  ])('%j are refused', (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ message }));
  });
});

describe('options of a command', () => {
  it('that it has no use for are refused, and not ignored', () => {
    expect(() => readRunOptions('relations', ['--weights', 'm.pt'])).toThrow(
      /^multitab relations: expected one of the options --preset, .*, got --weights\. Run "multitab help relations"/,
    );
    expect(() => readRunOptions('run', ['--truth', 'pairs'])).toThrow(/got --truth/);
    expect(() => readRunOptions('cost', ['a.json', 'b.json'])).toThrow(
      /^multitab cost: expected one experiment file, got a\.json, b\.json\./,
    );
    expect(readRunOptions('cost', ['a.json', '--quiet'])).toMatchObject({
      experimentFile: 'a.json',
      backend: 'auto',
      attention: false,
      quiet: true,
    });
  });

  it('that are about a table need one', async () => {
    for (const option of ['targets', 'split', 'missing', 'test-data'] as const) {
      const options = { ...readRunOptions('run', []), [option]: 'x' };
      await expect(readExperiment(options)).rejects.toThrow(
        `--${option}: expected --data FILE beside it, because it is about that table, got none.`,
      );
    }
  });

  it('stand in its help, each with what it means, within the width of a terminal', () => {
    for (const [command, options] of Object.entries(COMMAND_OPTIONS)) {
      const text = commandHelp(command as CommandId);
      expect(text).toMatch(new RegExp(`^multitab ${command}\\b`));
      for (const option of Object.keys(options))
        expect(text).toMatch(new RegExp(`^  --${option}\\b.*( |\\n {27})[a-z]`, 'm'));
      expect(helpText()).toContain(`multitab ${command}`);
    }
    const widest = Math.max(
      ...helpText()
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(130);
    expect(commandHelp('sweep')).toMatch(/--out DIR +where runs are kept/);
    expect(commandHelp('run')).toMatch(/--out FILE +write the result as JSON/);
  });
});

describe('options of the golden check', () => {
  it('have messages of their own', () => {
    expect(readGoldenOptions(['--dir', 'x', '--backend=cpu'])).toEqual({ dir: 'x', backend: 'cpu' });
    expect(readGoldenOptions([]).backend).toBe('wasm');
    expect(() => readGoldenOptions(['--folder', 'x'])).toThrow(
      'golden: expected one of the options --dir, --backend, got --folder. Run "npm run golden -- --help" for what they mean.',
    );
    expect(() => readGoldenOptions(['--backend', 'gpu'])).toThrow(
      'golden, --backend: expected cpu, wasm or webgpu, got gpu. Leave it out for wasm.',
    );
    expect(() => readGoldenOptions(['x'])).toThrow('golden: expected options alone, got x.');
  });
});
