// Parses the arguments behind a command by the options that it has; what is not understood is refused with the options there are.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { WorkbenchError } from '../engine/core/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Refuse = (path: string, expected: string, got: string, remedy: string) => never;

/** Who reads arguments, and where their meaning stands. */
interface Reader {
  name: string;
  help: string;
}

const commandOf = (command: string): Reader => ({
  name: `multitab ${command}`,
  help: `Run "multitab help ${command}" for what it takes.`,
});

export const usageError = (command: string, fault: string): WorkbenchError =>
  faultOf(commandOf(command), fault);

const faultOf = ({ name, help }: Reader, fault: string): WorkbenchError =>
  new WorkbenchError('config', `${name}: ${fault}. ${help}`);

/**
 * @param reader - a command of `multitab`, or another program
 * @throws WorkbenchError (config)
 */
export function readArguments<T extends Options>(
  reader: string | Reader,
  args: readonly string[],
  options: T,
) {
  const known = typeof reader === 'string' ? commandOf(reader) : reader;
  const joined = joinValues(known, args, options);
  try {
    return parseArgs({ args: joined, allowPositionals: true, options });
  } catch (error) {
    throw faultOf(known, (error as Error).message);
  }
}

/** The one option whose empty value says something: no text means a missing value. */
const MAY_BE_EMPTY = '--missing';

/**
 * Joins every value to its option, `--seeds -1` as `--seeds=-1`: Node refuses a value that begins with a dash as ambiguous,
 * while the option itself can say what is wrong with it. An option given twice, of which Node takes the last, is refused.
 */
function joinValues({ name: program, help }: Reader, args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  const given = new Set<string>();
  const refuse: Refuse = (path, expected, got, remedy) => {
    throw WorkbenchError.of('config', { path, expected, got, remedy });
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return [...joined, arg, ...rest];
    const [name = ''] = arg.split('=');
    const isOption = arg.startsWith('-') && arg !== '-';
    const option = Object.entries(options).find(([key]) => `--${key}` === name)?.[1];
    if (isOption && !option) {
      const known = Object.keys(options).map((key) => `--${key}`);
      const expected = known.length > 0 ? `one of the options ${known.join(', ')}` : 'no options';
      refuse(program, expected, name, help);
    }
    if (option?.type !== 'string') {
      joined.push(arg);
      continue;
    }
    const place = `${program}, ${name}`;
    if (!option.multiple && given.has(name))
      refuse(place, 'it once', 'it twice', 'Leave out the one that does not count.');
    given.add(name);
    const isBehind = arg === name;
    const value = isBehind ? rest.shift() : arg.slice(name.length + 1);
    if (value === undefined || (isBehind && value.startsWith('--')))
      refuse(
        place,
        'a value',
        value ?? 'nothing behind it',
        `Write ${name} VALUE; a value that begins with two dashes as ${name}=VALUE.`,
      );
    if (value === '' && name !== MAY_BE_EMPTY)
      refuse(
        place,
        'a value',
        'an empty one',
        'Leave the option out, or give it one; is a variable not set?',
      );
    joined.push(`${name}=${value}`);
  }
  return joined;
}
