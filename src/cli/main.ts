// The command line: the same session as the page, in Node. This file reads the command and its options; the work is in
// run.ts. Messages for people go to stderr, results and events to stdout or files.
import manifest from '../../package.json' with { type: 'json' };
import { catalog } from '../engine/catalog.ts';
import { experimentJsonSchema } from '../engine/config/experiment.ts';
import { visible, WorkbenchError } from '../engine/core/errors.ts';
import { readHdf5In } from '../engine/data/formats/hdf5File.ts';
import { startNodeThread } from '../platform/hdf5/node.ts';
import { readArguments, usageError } from './arguments.ts';
import { endWith, Output } from './endings.ts';
import { exportCommand } from './export.ts';
import { commandHelp, helpText, isCommand } from './help.ts';
import { inspectCommand } from './inspect.ts';
import { COMMAND_OPTIONS, type CommandId, readRunOptions } from './options.ts';
import { relationsCommand } from './relations.ts';
import { checkCommand, costCommand, profileCommand, runCommand } from './run.ts';
import { mergeCommand, sweepCommand } from './sweep/command.ts';
import { sweepsText } from './sweep/input.ts';
import { readMergeOptions, readReportOptions, readSweepOptions } from './sweep/options.ts';
import { TRAINER_COMMAND } from './sweep/pool.ts';
import { reportCommand } from './sweep/report.ts';
import { serveRuns } from './sweep/trainer.ts';
import { modelsText } from './tables.ts';

readHdf5In(startNodeThread);

async function main([command, ...rest]: string[]): Promise<number> {
  // After the terminal is closed, messages are dropped and the work continues.
  process.stderr.on('error', () => {});
  // It also writes files, which must not be lost when the reader of stdout is gone.
  if (command === 'run' && !asksForHelp(rest)) return runCommand(readRunOptions(command, rest));
  const stdout = new Output(process.stdout);
  const code = await commandWithText(command, rest);
  return (await stdout.finish()) ?? code;
}

/** `--help` behind a command, wherever. */
const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

const say = (text: string): number => {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
};

async function commandWithText(command: string | undefined, rest: string[]): Promise<number> {
  if (isCommand(command) && asksForHelp(rest)) return say(commandHelp(command));
  switch (command) {
    case 'check':
      return checkCommand(readRunOptions(command, rest));
    case 'cost':
      return costCommand(readRunOptions(command, rest));
    case 'profile':
      return profileCommand(readRunOptions(command, rest));
    case 'relations':
      return relationsCommand(readRunOptions(command, rest));
    case 'sweep':
      return sweepCommand(readSweepOptions(rest));
    case 'merge':
      return mergeCommand(readMergeOptions(rest));
    case 'report':
      return reportCommand(readReportOptions(rest));
    case 'sweeps':
      return say(sweepsText(readId(command, rest)));
    case TRAINER_COMMAND:
      await serveRuns();
      return 0;
    case 'export':
      return exportCommand(readRunOptions(command, rest));
    case 'inspect':
      return inspectCommand(readInspectOptions(rest));
    case 'models':
      return say(modelsText(readId(command, rest)));
    case 'presets':
      return say(presetsText(readPresetsOptions(rest)));
    case 'schema':
      readWords(command, rest, 'nothing behind it', 0);
      return say(JSON.stringify(experimentJsonSchema(catalog), null, 2));
    case 'help':
    case '--help':
    case '-h':
      return say(helpOn(rest));
    case 'version':
    case '--version':
      return say(`multitab ${manifest.version}, Node.js ${process.versions.node}`);
    default:
      throw new WorkbenchError(
        'config',
        `multitab: expected one of the commands ${Object.keys(COMMAND_OPTIONS).join(', ')}, got ${command === undefined ? 'none' : `"${visible(command)}"`}. Run "multitab help" for what they do.`,
      );
  }
}

/** The words behind a command without options. */
function readWords(command: CommandId, args: string[], expected: string, most: number): string[] {
  const { positionals } = readArguments(command, args, COMMAND_OPTIONS[command]);
  if (positionals.length > most)
    throw usageError(command, `expected ${expected}, got ${positionals.join(', ')}`);
  return positionals;
}

const readId = (command: 'models' | 'sweeps', args: string[]): string | undefined =>
  readWords(command, args, 'one id at most', 1)[0];

function readPresetsOptions(args: string[]): { json: boolean } {
  const { values, positionals } = readArguments('presets', args, COMMAND_OPTIONS.presets);
  if (positionals.length > 0)
    throw usageError('presets', `expected options alone, got ${positionals.join(', ')}`);
  return values;
}

function presetsText({ json }: { json: boolean }): string {
  if (json) return JSON.stringify(catalog.presets, null, 2);
  return catalog.presets.map((p) => `${p.id.padEnd(24)} ${p.label}. ${p.summary}`).join('\n');
}

/** Of one command, or of all. */
function helpOn([command]: string[]): string {
  if (command === undefined || command.startsWith('-')) return helpText();
  if (isCommand(command)) return commandHelp(command);
  throw WorkbenchError.of('config', {
    path: 'multitab help',
    expected: `one of ${Object.keys(COMMAND_OPTIONS).join(', ')}`,
    got: command,
    remedy: 'Leave it out for the list of all.',
  });
}

function readInspectOptions(args: string[]) {
  const { values, positionals } = readArguments('inspect', args, COMMAND_OPTIONS.inspect);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw usageError('inspect', `expected one file, got ${positionals.join(', ') || 'none'}`);
  return { ...values, file };
}

endWith(main(process.argv.slice(2)));
