// The options of every command. One that a command has no use for is refused there, and not ignored.
import type { ParseArgsConfig } from 'node:util';
import { parseSeeds } from '../engine/config/seeds.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import { readArguments, usageError } from './arguments.ts';
import type { Named } from './destination.ts';

export interface RunOptions {
  experimentFile?: string;
  preset?: string;
  data?: string;
  'validation-data'?: string;
  'test-data'?: string;
  types?: string;
  split?: string;
  header?: string;
  decimal?: string;
  missing?: string;
  delimiter?: string;
  targets?: string;
  set?: string[];
  seeds?: string;
  backend: string;
  'allow-software-gpu': boolean;
  out?: string;
  events?: string;
  attention: boolean;
  truth?: string;
  weights?: string;
  'save-weights'?: string;
  checkpoint?: string;
  quiet: boolean;
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;

/** How a table is read and split. */
const READING = {
  types: TEXT,
  header: TEXT,
  decimal: TEXT,
  missing: TEXT,
  delimiter: TEXT,
  split: TEXT,
  'validation-data': TEXT,
  'test-data': TEXT,
} as const;
const SET = { set: { type: 'string', multiple: true } } as const;
const EXPERIMENT = { preset: TEXT, data: TEXT, targets: TEXT, ...READING, ...SET } as const;
const BACKEND = { backend: { ...TEXT, default: 'auto' }, 'allow-software-gpu': FLAG } as const;
const QUIET = { quiet: FLAG } as const;

export const COMMAND_OPTIONS = {
  run: {
    ...EXPERIMENT,
    seeds: TEXT,
    ...BACKEND,
    out: TEXT,
    events: TEXT,
    attention: FLAG,
    weights: TEXT,
    'save-weights': TEXT,
    checkpoint: TEXT,
    ...QUIET,
  },
  check: { ...EXPERIMENT, seeds: TEXT, ...BACKEND, weights: TEXT, ...QUIET },
  export: { ...EXPERIMENT, out: TEXT, ...QUIET },
  inspect: { ...READING, ...SET, json: FLAG },
  sweep: {
    data: TEXT,
    ...SET,
    seeds: TEXT,
    ...BACKEND,
    out: TEXT,
    jobs: TEXT,
    shard: TEXT,
    'dry-run': FLAG,
    ...QUIET,
  },
  merge: QUIET,
  report: { out: { ...TEXT, default: 'report.html' }, link: TEXT },
  sweeps: {},
  models: {},
  cost: { ...EXPERIMENT, ...BACKEND, ...QUIET },
  profile: { ...EXPERIMENT, ...BACKEND, out: TEXT, ...QUIET },
  relations: { ...EXPERIMENT, seeds: TEXT, ...BACKEND, truth: TEXT, out: TEXT, ...QUIET },
  presets: { json: FLAG },
  schema: {},
} as const satisfies Record<string, ParseArgsConfig['options']>;

export type CommandId = keyof typeof COMMAND_OPTIONS;
/** Commands on an experiment, which may come from a file. */
export type ExperimentCommand = 'run' | 'check' | 'export' | 'cost' | 'profile' | 'relations';

const DEFAULTS = { backend: 'auto', 'allow-software-gpu': false, attention: false, quiet: false };

/** @throws WorkbenchError (config) */
export function readRunOptions(command: ExperimentCommand, args: readonly string[]): RunOptions {
  const options: NonNullable<ParseArgsConfig['options']> = COMMAND_OPTIONS[command];
  const { values, positionals } = readArguments(command, args, options);
  const experimentFile = onlyWord(command, positionals, 'one experiment file');
  return { ...DEFAULTS, ...(values as Partial<RunOptions>), experimentFile };
}

/** The files that a command on an experiment reads. */
export const filesRead = (options: RunOptions): Named[] => [
  ['the experiment', options.experimentFile],
  ...(['data', 'validation-data', 'test-data', 'weights'] as const).map(
    (option): Named => [`--${option}`, options[option]],
  ),
];

/**
 * The one word behind a command, if there is one.
 * @throws WorkbenchError (config) if there are more
 */
export function onlyWord(
  command: CommandId,
  positionals: readonly string[],
  what: string,
): string | undefined {
  if (positionals.length > 1) throw usageError(command, `expected ${what}, got ${positionals.join(', ')}`);
  return positionals[0];
}

export const readSeeds = (text: string | undefined) =>
  text === undefined ? undefined : parseSeeds(text, '--seeds');

export function readBackend(name: string): BackendId | 'auto' {
  if (name === 'auto' || name === 'wasm' || name === 'cpu' || name === 'webgpu') return name;
  throw WorkbenchError.of('config', {
    path: '--backend',
    expected: 'auto, wasm, cpu or webgpu',
    got: name,
    remedy: 'Leave it out for the best one that starts.',
  });
}
