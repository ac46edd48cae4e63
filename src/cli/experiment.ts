// The experiment of a command: from a file, a preset, a table and single settings.
import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { catalog } from '../engine/catalog.ts';
import { decodeExperiment } from '../engine/config/codec.ts';
import {
  configError,
  type Experiment,
  parseExperiment,
  requireExperiment,
} from '../engine/config/experiment.ts';
import { knownExperiment, knownTable } from '../engine/config/knownTables.ts';
import { formatTypedName, QUOTING_HELP } from '../engine/config/names.ts';
import { parseTargets, type TargetChoice } from '../engine/config/params.ts';
import {
  fileNameOf,
  needsFile,
  SPLIT_FILES,
  type SplitWithFile,
  type TableInput,
} from '../engine/config/tableInput.ts';
import { visible, WorkbenchError } from '../engine/core/errors.ts';
import { previewTable } from '../engine/data/tableSource.ts';
import { type Case, readCase } from './case.ts';
import { readFileInput, readTables, type TablePaths } from './files.ts';
import type { RunOptions } from './options.ts';
import { ofTable, readingOptions, tablePaths, tableSettings } from './reading.ts';

/** File extension of tables in messages. */
export const EXAMPLE_ENDING = catalog.formats[0]?.extensions[0] ?? '';

/** Builds the experiment from file, preset, table and single settings, in this order. */
export async function readExperiment(
  options: RunOptions,
): Promise<{ experiment: Experiment; file?: TableInput; found: Case | null }> {
  let input: unknown = {};
  let found: Case | null = null;
  if (options.experimentFile && options.preset)
    throw WorkbenchError.of('config', {
      path: '--preset',
      expected: 'an experiment file or a preset',
      got: `both, ${options.experimentFile} and ${options.preset}`,
      remedy: 'Leave one out.',
    });
  if (options.experimentFile) {
    const json = await readJson(options.experimentFile);
    found = readCase(json);
    input = found ? found.experiment : json;
  } else input = presetInput(options.preset);
  let experiment = requireExperiment(input, catalog);
  let file: TableInput | undefined;
  if (options.data) {
    file = await readTables('--data', tablePaths(options.data, options));
    experiment = await withTable(experiment, file, options);
  } else {
    const [option] = ofTable(options);
    if (option !== undefined)
      throw WorkbenchError.of('config', {
        path: `--${option}`,
        expected: '--data FILE beside it, because it is about that table',
        got: 'none',
        remedy:
          'Give the table, or leave the option out; settings of a table that an experiment names are changed with --set.',
      });
    const paths = await findTables(experiment, options.experimentFile);
    if (paths) file = await readTables('data.params.file', paths);
  }
  if (options.set && options.set.length > 0) experiment = applySettings(experiment, options.set);
  return { experiment, file, found };
}

function readTargets(text: string): TargetChoice[] {
  const targets = parseTargets(text);
  if (targets) return targets;
  throw WorkbenchError.of('config', {
    path: '--targets',
    expected: 'a list of columns with matching quotes',
    got: text,
    remedy: QUOTING_HELP,
  });
}

function presetInput(id: string | undefined): unknown {
  if (id === undefined) return catalog.presets[0]?.experiment ?? {};
  const preset = catalog.presets.find((p) => p.id === id);
  if (preset) return preset.experiment;
  throw WorkbenchError.of('config', {
    path: '--preset',
    expected: `one of ${catalog.presets.map((p) => p.id).join(', ')}`,
    got: id,
    remedy: 'Run "multitab presets" to see what they are.',
  });
}

async function readJson(path: string): Promise<unknown> {
  const { bytes } = await readFileInput('experiment', path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw WorkbenchError.of('file', {
      path,
      expected: 'an experiment as JSON',
      got: (error as Error).message,
      remedy: 'Correct the file, or start from "multitab presets --json".',
    });
  }
}

/** Finds a table that an experiment names: beside the experiment, in the working folder, or among the examples. */
export async function findTable(name: string, experimentFile: string | undefined): Promise<string> {
  // The examples are two folders above this file, and one above the script of the package.
  const examples = ['..', join('..', '..')].map((up) => join(import.meta.dirname, up, 'public', 'data'));
  const folders = new Set([dirname(experimentFile ?? '.'), '.', ...examples]);
  const places = [...folders].map((folder) => join(folder, basename(name)));
  for (const place of places) {
    try {
      await access(place);
      return place;
    } catch {
      // Tried in the next folder; the error below names all of them.
    }
  }
  throw WorkbenchError.of('file', {
    path: 'data.params.file',
    expected: `the table ${name} in one of ${places.join(', ')}`,
    got: 'no such file',
    remedy: `Give the table with --data FILE${EXAMPLE_ENDING}.`,
  });
}

/**
 * Paths of the files that an experiment names; null where it takes its rows from none.
 * @param table - path of its table where that is known; the files of its splits are looked for as without it
 */
export async function findTables(
  experiment: Experiment,
  experimentFile: string | undefined,
  table?: string,
): Promise<TablePaths | null> {
  const name = fileNameOf(experiment, catalog);
  if (name === null) return null;
  const paths: TablePaths = { table: table ?? (await findTable(name, experimentFile)) };
  for (const [split, key] of Object.entries(SPLIT_FILES) as [SplitWithFile, string][]) {
    const given = experiment.data.params[key];
    if (typeof given === 'string' && given !== '') paths[split] = await findTable(given, experimentFile);
  }
  return paths;
}

/** The experiment with its rows taken from `file`; --targets win, then its own targets, then those of a preset for this file. */
async function withTable(experiment: Experiment, file: TableInput, options: RunOptions): Promise<Experiment> {
  const isTable = needsFile(experiment, catalog);
  const id = catalog.sources.find((source) => source.needsFile)?.id;
  const named = catalog.presets.find(
    (p) => (p.experiment.data as { params?: { file?: string } } | undefined)?.params?.file === file.name,
  );
  const own = isTable ? (experiment.tasks.targets as TargetChoice[]) : [];
  const known = (named?.experiment.tasks as { targets?: TargetChoice[] } | undefined)?.targets ?? [];
  const targets = options.targets ? readTargets(options.targets) : own.length > 0 ? own : known;
  if (targets.length === 0) {
    const { columns } = await previewTable(file, tableSettings(options));
    const known = knownTable(columns);
    if (known) {
      const papers = requireExperiment(knownExperiment(known, file.name), catalog);
      // Whoever names an experiment wants its networks and its training.
      const isNamed = options.experimentFile !== undefined || options.preset !== undefined;
      const taken = isNamed ? "the paper's targets, types and split" : "the paper's settings";
      process.stderr.write(
        `${visible(file.name)} has the columns of ${known.label}: ${taken} are taken. ${known.summary}\n`,
      );
      const { data, tasks } = papers;
      return withTable(isNamed ? { ...experiment, data, tasks } : papers, file, options);
    }
    const suggestion = columns.flatMap((c) =>
      c.suggestedTask ? [formatTypedName(c.name, c.suggestedTask)] : [],
    );
    throw WorkbenchError.of('config', {
      path: '--targets',
      expected: `the columns to predict, out of ${listed(suggestion)}`,
      got: 'nothing',
      remedy: `For example --targets '${suggestion.slice(-2).join(',')}'.`,
    });
  }
  const { experiment: parsed, issues } = parseExperiment(
    {
      ...experiment,
      data: {
        id,
        params: { ...(isTable ? experiment.data.params : {}), ...readingOptions(options), file: file.name },
      },
      tasks: { ...(isTable ? experiment.tasks : {}), targets },
    },
    catalog,
  );
  if (issues.length > 0) throw configError(issues);
  return parsed;
}

/** A table may have thousands of columns. */
const MOST_LISTED = 24;
const listed = (names: readonly string[]): string =>
  names.length <= MOST_LISTED
    ? names.join(', ')
    : `${names.slice(0, MOST_LISTED).join(', ')} and ${names.length - MOST_LISTED} more`;

/** Applies `key=value` settings, written as in a shared link. */
export function applySettings(experiment: Experiment, settings: readonly string[]): Experiment {
  const search = new URLSearchParams();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) {
      throw WorkbenchError.of('config', {
        path: '--set',
        expected: 'KEY=VALUE',
        got: setting,
        remedy: 'For example --set model.blocks=2.',
      });
    }
    search.append(setting.slice(0, at), setting.slice(at + 1));
  }
  const decoded = decodeExperiment(search.toString(), catalog, experiment);
  if (decoded.issues.length > 0) throw configError(decoded.issues);
  return decoded.experiment;
}
