// The text of `multitab help`, and of one command: how it is called, what it does, and what each of its options means.
import { EXAMPLE_ENDING } from './experiment.ts';
import { COMMAND_OPTIONS, type CommandId } from './options.ts';
import { formatsText } from './tables.ts';

/** How a command is called, and what it does. */
const COMMANDS: Record<CommandId, readonly [call: string, does: string]> = {
  run: ['[experiment.json] [options]', 'train and test, model and baseline'],
  check: ['[case.json] [options]', 'train, then test the masks; 1 when an assertion fails'],
  export: [
    '[experiment.json] --out FILE [options]',
    'the prepared table as .h5, .parquet or .csv, with its settings and how Python reads it',
  ],
  inspect: [
    'FILE|- [options]',
    'how a table, or CSV from standard input, is read: types with reasons, missing values, lines left out; settings of reading by --set data.KEY=VALUE, as in data.badLines=leave-out',
  ],
  sweep: [
    'FILE|ID --out DIR [options]',
    'many runs: settings as lists and ranges, several at a time, goes on where it was',
  ],
  merge: ['DIR [options]', 'join the shards of a sweep, and print its table'],
  report: ['DIR [options]', 'the runs of a sweep as one HTML page, with links into a workbench'],
  sweeps: ['[ID]', 'list the sweep presets, or print one as a file to change'],
  models: ['[ID]', 'list the architectures, their settings and sources'],
  cost: ['[experiment.json] [options]', 'parameters, operations, memory and time of every architecture'],
  profile: ['[experiment.json] [options]', 'where the time of a training step goes, kernel by kernel'],
  relations: [
    '[experiment.json] [options]',
    'train, and print how the tasks pull at what they share, as JSON',
  ],
  presets: ['[options]', 'list the presets'],
  schema: ['', 'JSON Schema of an experiment'],
};

type OptionId = { [C in CommandId]: keyof (typeof COMMAND_OPTIONS)[C] }[CommandId];

/** What stands behind an option, and what it means. */
const OPTIONS: Record<OptionId, readonly [value: string, means: string]> = {
  preset: ['ID', 'start from a preset instead of a file'],
  data: [`FILE${EXAMPLE_ENDING}`, `train on a table, - for CSV from standard input; ${formatsText()}`],
  targets: [
    'LIST',
    'the labels, as species:multiclass,sex:binary; names with commas, colons or quotes stand in double quotes: \'"yield, kg":regression\'',
  ],
  types: [
    'LIST',
    'types of single columns, as a:categorical,b:ignore,c:date; also numeric, decimal-comma, ...',
  ],
  header: ['WORD', 'auto, present or none'],
  decimal: ['WORD', 'auto, point or comma'],
  missing: ['"N/A,-"', 'texts that mean a missing value, in the place of the usual ones; auto adds those'],
  delimiter: ['WORD', 'auto, comma, semicolon, tab, bar or blank'],
  split: [
    'WORD',
    'stratified, random, group:COL (whole groups), time:COL (the latest rows test), column:COL (its cells say train, validation or test), or auto',
  ],
  'validation-data': ['FILE', 'a file of the same columns whose rows are the validation split'],
  'test-data': ['FILE', 'the same for the test split; what has no file is drawn from the table'],
  set: [
    'KEY=VALUE',
    'change one setting, as in a shared link: model.blocks=2, tasks.rho=0.4 (repeatable; the last of a key counts)',
  ],
  seeds: ['0..4,7', 'these seeds, each once, instead of those of the experiment: single ones and ranges'],
  backend: ['NAME', 'auto (default: wasm, else cpu), wasm, cpu, or webgpu (needs the package webgpu)'],
  'allow-software-gpu': ['', 'accept a software WebGPU adapter'],
  out: ['PLACE', 'where the result is written'],
  events: ['FILE', 'write every event as JSON lines, as the page can replay them'],
  attention: ['', 'capture attention (in the events)'],
  weights: [
    'FILE',
    'measure the model with these weights (.safetensors, .pt, .pth, .ckpt) instead of training',
  ],
  'save-weights': ['FILE', "write the model's weights as safetensors, under the names of the public code"],
  checkpoint: [
    'FILE',
    'keep what it takes to go on; the same command continues a run that was stopped or killed, with the same numbers, and a finished run removes the file',
  ],
  truth: [
    'WORD',
    'train every pair of tasks (pairs), all but each one (leave-one-out), or both (pairs,leave-one-out), and rank the measures by what came of it',
  ],
  jobs: ['N', 'runs at a time (default: SLURM_CPUS_PER_TASK, else one per core)'],
  shard: ['I/N', 'this part of the runs; the default follows a Slurm array or an indexed Kubernetes Job'],
  'dry-run': ['', 'print the cells and the number of runs, and train nothing'],
  link: ['URL', 'links that open each cell in the workbench at this address'],
  json: ['', 'print JSON'],
  quiet: ['', 'no progress, and no events on stdout'],
};

/** Where --out means something of its own. */
const OUT: Partial<Record<CommandId, readonly [value: string, means: string]>> = {
  run: ['FILE', 'write the result as JSON; without it the result is the last line on stdout'],
  export: [
    'FILE',
    'the table, which ends in .h5, .hdf5, .parquet or .csv; its settings stand beside it as FILE.json',
  ],
  sweep: ['DIR', 'where runs are kept, a line each; the same command goes on with what is there'],
  report: ['FILE', 'the page (default: report.html)'],
  profile: ['FILE', 'write every number as JSON'],
  relations: ['FILE', 'write the JSON there instead of to stdout'],
};

const ENDS = `A terminal gets a progress bar, anything else JSON lines. In run and sweep, Ctrl-C, SIGTERM and SIGHUP stop after the step
and write what there is; a second one ends at once. Files are written whole or not at all; a result whose file cannot be written
goes to stdout. Exit codes: 0 finished; 1 failed, or a file could not be written; 2 not understood or refused (a setting, a file,
a number that is not finite); stopped by 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP; 141 the reader of stdout is gone.
`;

const WIDTH = 124;

/** The text behind its head, in lines of the width of the help, each below the one before. */
function row(head: string, text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const left = `  ${head}`.padEnd(indent);
  const [first = '', ...others] = left.length > indent ? ['', ...lines] : lines;
  return [`${left}${first}`.trimEnd(), ...others.map((own) => ' '.repeat(indent) + own)].join('\n');
}

const OPTION_INDENT = 27;

function optionRow(option: OptionId, command?: CommandId): string {
  const [value, means] = (option === 'out' && command && OUT[command]) || OPTIONS[option];
  return row(`--${option} ${value}`.trimEnd(), means, OPTION_INDENT);
}

const optionsOf = (command: CommandId) => Object.keys(COMMAND_OPTIONS[command]) as OptionId[];

export const isCommand = (word: string | undefined): word is CommandId =>
  word !== undefined && Object.hasOwn(COMMANDS, word);

/** All commands, and every option once. */
export function helpText(): string {
  const commands = Object.entries(COMMANDS).map(([id, [call, does]]) =>
    row(`multitab ${id} ${call}`, does, 50),
  );
  const ofRun = optionsOf('run');
  const ofSweep = optionsOf('sweep').filter((option) => option === 'out' || !ofRun.includes(option));
  return `multitab: train multitask models on tables

${commands.join('\n')}
${row('multitab help [COMMAND]', 'this text, or that of one command with its own options', 50)}
${row('multitab --version', 'the version', 50)}

Options of run; the other commands that train or read a table have those that mean something there (multitab help COMMAND)
${ofRun.map((option) => optionRow(option, 'run')).join('\n')}

Options of sweep besides --data, --set, --seeds, --backend, --allow-software-gpu and --quiet
${ofSweep.map((option) => optionRow(option, 'sweep')).join('\n')}

${ENDS}`;
}

/** One command with its options. */
export function commandHelp(command: CommandId): string {
  const [call, does] = COMMANDS[command];
  const options = optionsOf(command).map((option) => optionRow(option, command));
  const head = `multitab ${command} ${call}`.trimEnd();
  return [
    `${head}\n\n${row('', does, 2)}\n`,
    ...(options.length > 0 ? [`Options\n${options.join('\n')}\n`] : []),
  ].join('\n');
}
