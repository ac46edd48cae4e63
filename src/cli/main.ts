// The command line: the same session as the page, in Node. This file reads the command and its options; the work is in
// run.ts. Messages for people go to stderr, results and events to stdout or files.
import { catalog } from '../engine/catalog.ts';
import { experimentJsonSchema } from '../engine/config/experiment.ts';
import { formatIssue, issueCount, toErrorReport, WorkbenchError } from '../engine/core/errors.ts';
import { readHdf5In } from '../engine/data/formats/hdf5File.ts';
import { startNodeThread } from '../platform/hdf5/node.ts';
import { readArguments, usageError } from './arguments.ts';
import { Output } from './endings.ts';
import { EXAMPLE_ENDING } from './experiment.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';
import { READING_HELP, READING_OPTIONS } from './reading.ts';
import { relationsCommand } from './relations.ts';
import { checkCommand, costCommand, profileCommand, runCommand } from './run.ts';
import { mergeCommand, sweepCommand } from './sweep/command.ts';
import { sweepsText } from './sweep/input.ts';
import { readMergeOptions, readReportOptions, readSweepOptions } from './sweep/options.ts';
import { TRAINER_COMMAND } from './sweep/pool.ts';
import { reportCommand } from './sweep/report.ts';
import { serveRuns } from './sweep/trainer.ts';
import { formatsText, modelsText } from './tables.ts';

const USAGE = `multitab: train multitask models on tables

  multitab run [experiment.json] [options]   train and test, model and baseline
  multitab check [case.json] [options]       train, then test the masks; 1 when an assertion fails
  multitab export [experiment.json] --out F  the prepared table as .h5, .parquet or .csv, with its settings and how Python reads it
  multitab inspect FILE [--json] [options]   how a table is read: types with reasons, missing values, lines left out; options are
                                             those of run on reading, and --set data.KEY=VALUE, as in data.badLines=leave-out
  multitab sweep FILE|ID --out DIR [options] many runs: settings as lists and ranges, several at a time, goes on where it was
  multitab merge DIR                         join the shards of a sweep, and print its table
  multitab report DIR [--out report.html] [--link URL]
                                             the runs of a sweep as one HTML page, with links into the workbench at URL
  multitab sweeps [ID]                       list the sweep presets, or print one as a file to change
  multitab models [ID]                       list the architectures, their settings and sources
  multitab cost [experiment.json] [options]  parameters, operations, memory and time of every architecture
  multitab profile [experiment.json] [options]
                                             where the time of a training step goes, kernel by kernel
  multitab relations [experiment.json] [options]
                                             train, and print how the tasks pull at what they share, as JSON
  multitab presets [--json]                  list the presets
  multitab schema                            JSON Schema of an experiment
  multitab help                              this text

Options of run (check, cost and profile take those that name an experiment or a backend)
  --preset ID            start from a preset instead of a file
  ${`--data FILE${EXAMPLE_ENDING}`.padEnd(23)}train on a table; --targets species:multiclass,sex:binary chooses the labels; names with
                         commas, colons or quotes stand in double quotes: --targets '"yield, kg":regression'
                         ${formatsText()}
  ${READING_HELP}
  --split WORD           stratified, random, group:COL (whole groups), time:COL (the latest rows test),
                         column:COL (its cells say train, validation or test), or auto
  --set KEY=VALUE        change one setting, as in a shared link: model.blocks=2, tasks.rho=0.4 (repeatable)
  --seeds 0..4,7         these seeds, each once, instead of those of the experiment: single ones and ranges
  --backend NAME         auto (default: wasm, else cpu), wasm, cpu, or webgpu (needs the package webgpu)
  --allow-software-gpu   accept a software WebGPU adapter
  --out FILE             write the result as JSON; without it the result is the last line on stdout
  --events FILE          write every event as JSON lines, as the page can replay them
  --attention            capture attention (in the events)
  --truth pairs          of relations: train every pair of tasks (pairs), all but each one (leave-one-out), or both, and
                         rank the measures by what came of it
  --weights FILE         measure the model with these weights (.safetensors, .pt, .pth, .ckpt) instead of training
  --save-weights FILE    write the model's weights as safetensors, under the names of the public code
  --checkpoint FILE      of run: keep what it takes to go on; the same command continues a run that was stopped or killed,
                         with the same numbers, and a finished run removes the file
  --quiet                no progress, and no events on stdout

Options of sweep (and --data, --set, --seeds, --backend, --allow-software-gpu, --quiet)
  --out DIR              where runs are kept, a line each; the same command goes on with what is there
  --jobs N               runs at a time (default: SLURM_CPUS_PER_TASK, else one per core)
  --shard I/N            this part of the runs; the default follows a Slurm array or an indexed Kubernetes Job
  --dry-run              print the cells and the number of runs, and train nothing

A terminal gets a progress bar, anything else JSON lines. Ctrl-C, SIGTERM and SIGHUP stop after the step and write what there
is; a second one ends at once. Files are written whole or not at all; a result whose file cannot be written goes to stdout.
Exit codes: 0 finished; 1 failed, or a file could not be written; 2 not understood or refused (a setting, a file, a number
that is not finite); stopped by 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP; 141 the reader of stdout is gone.
`;

readHdf5In(startNodeThread);

async function main([command, ...rest]: string[]): Promise<number> {
  // After the terminal is closed, messages are dropped and the work continues.
  process.stderr.on('error', () => {});
  // It also writes files, which must not be lost when the reader of stdout is gone.
  if (command === 'run') return runCommand(readRunOptions(command, rest));
  const stdout = new Output(process.stdout);
  const code = await commandWithText(command, rest);
  return (await stdout.finish()) ?? code;
}

async function commandWithText(command: string | undefined, rest: string[]): Promise<number> {
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
      process.stdout.write(`${sweepsText(rest[0])}\n`);
      return 0;
    case TRAINER_COMMAND:
      await serveRuns();
      return 0;
    case 'export':
      return exportCommand(readRunOptions(command, rest));
    case 'inspect':
      return inspectCommand(readInspectOptions(rest));
    case 'models':
      process.stdout.write(`${modelsText(readModelId(rest))}\n`);
      return 0;
    case 'presets': {
      const asJson = rest.includes('--json');
      const lines = catalog.presets.map((p) => `${p.id.padEnd(24)} ${p.label}. ${p.summary}`);
      process.stdout.write(
        asJson ? `${JSON.stringify(catalog.presets, null, 2)}\n` : `${lines.join('\n')}\n`,
      );
      return 0;
    }
    case 'schema':
      process.stdout.write(`${JSON.stringify(experimentJsonSchema(catalog), null, 2)}\n`);
      return 0;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return 0;
    default:
      throw usageError(command ? `multitab: unknown command "${command}".` : 'multitab: expected a command.');
  }
}

function readModelId([id]: string[]): string | undefined {
  if (id === undefined || catalog.models.some((m) => m.id === id)) return id;
  throw WorkbenchError.of('config', {
    path: 'multitab models',
    expected: `one of ${catalog.models.map((m) => m.id).join(', ')}`,
    got: id,
    remedy: 'Leave it out for the list of all.',
  });
}

function readInspectOptions(args: string[]) {
  const { values, positionals } = readArguments('inspect', args, {
    ...READING_OPTIONS,
    set: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw usageError(`multitab inspect: expected one file, got ${positionals.join(', ') || 'none'}.`);
  return { ...values, file };
}

function readRunOptions(command: string, args: string[]) {
  const { values, positionals } = readArguments(command, args, {
    preset: { type: 'string' },
    data: { type: 'string' },
    targets: { type: 'string' },
    ...READING_OPTIONS,
    set: { type: 'string', multiple: true },
    seeds: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
    'allow-software-gpu': { type: 'boolean', default: false },
    out: { type: 'string' },
    events: { type: 'string' },
    attention: { type: 'boolean', default: false },
    weights: { type: 'string' },
    truth: { type: 'string' },
    'save-weights': { type: 'string' },
    checkpoint: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  });
  const refuse = (fault: string): never => {
    throw usageError(`multitab ${command}: ${fault}.`);
  };
  if (values.truth !== undefined && command !== 'relations') refuse('--truth belongs to relations');
  if (values.checkpoint !== undefined && command !== 'run') refuse('--checkpoint belongs to run');
  if (positionals.length > 1) refuse(`expected one experiment file, got ${positionals.join(', ')}`);
  return { ...values, experimentFile: positionals[0] };
}

main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    const report = toErrorReport(error);
    const issues = report.issues.length > 1 ? report.issues.map((i) => `  ${formatIssue(i)}`).join('\n') : '';
    process.stderr.write(
      `error: ${issues ? `${issueCount(report.issues.length)} settings were refused\n${issues}` : report.message}\n`,
    );
    process.exitCode = report.kind === 'internal' ? 1 : 2;
  });
