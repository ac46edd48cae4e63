// Parses the arguments behind a command by the options that it has; what is not understood is refused with the options there are.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { WorkbenchError } from '../engine/core/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

export const usageError = (message: string): WorkbenchError =>
  new WorkbenchError('config', `${message}\nRun "multitab help" for the options.`);

/** @throws WorkbenchError (config) */
export function readArguments<T extends Options>(command: string, args: readonly string[], options: T) {
  const joined = joinValues(command, args, options);
  try {
    return parseArgs({ args: joined, allowPositionals: true, options });
  } catch (error) {
    throw usageError(`multitab ${command}: ${(error as Error).message}.`);
  }
}

/**
 * Joins every value to its option, `--seeds -1` as `--seeds=-1`: Node refuses a value that begins with a dash as ambiguous,
 * while the option itself can say what is wrong with it.
 */
function joinValues(command: string, args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return [...joined, arg, ...rest];
    const [name = ''] = arg.split('=');
    const isOption = arg.startsWith('-') && arg !== '-';
    const option = Object.entries(options).find(([key]) => `--${key}` === name)?.[1];
    if (isOption && !option)
      throw WorkbenchError.of('config', {
        path: `multitab ${command}`,
        expected: `one of the options ${Object.keys(options)
          .map((key) => `--${key}`)
          .join(', ')}`,
        got: name,
        remedy: 'Run "multitab help" for what they mean.',
      });
    if (option?.type !== 'string' || arg !== name) {
      joined.push(arg);
      continue;
    }
    const value = rest.shift();
    if (value === undefined || value.startsWith('--'))
      throw WorkbenchError.of('config', {
        path: `multitab ${command}, ${name}`,
        expected: 'a value',
        got: value ?? 'nothing behind it',
        remedy: `Write ${name} VALUE; a value that begins with two dashes as ${name}=VALUE.`,
      });
    joined.push(`${name}=${value}`);
  }
  return joined;
}
