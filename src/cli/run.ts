// `multitab run`: reads the experiment, trains it with the session the page uses, writes result and events.
import { createWriteStream, type WriteStream } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { catalog } from '../engine/catalog.ts';
import { labelsWith } from '../engine/config/capabilities.ts';
import { decodeExperiment } from '../engine/config/codec.ts';
import {
  configError,
  type Experiment,
  parseExperiment,
  requireExperiment,
} from '../engine/config/experiment.ts';
import { formatTypedName, QUOTING_HELP } from '../engine/config/names.ts';
import { parseTargets, type TargetChoice } from '../engine/config/params.ts';
import { parseSeeds } from '../engine/config/seeds.ts';
import { type ErrorKind, formatIssue, type Issue, WorkbenchError } from '../engine/core/errors.ts';
import type { FileInput, WeightsInput } from '../engine/data/source.ts';
import { previewTable } from '../engine/data/tableSource.ts';
import { Prober } from '../engine/probes/prober.ts';
import { type ProbeAnswerOf, questionOf } from '../engine/probes/registry.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import type { MaskTestReport } from '../engine/protocol/masks.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { requirePlan } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { runSession } from '../engine/training/session.ts';
import { isCard } from '../engine/weights/card.ts';
import { startNodeBackend } from '../platform/node.ts';
import { type Case, caseNotes, maskTestText, readCase } from './case.ts';
import { toJson } from './json.ts';
import { profilesOf, profileText } from './profileTable.ts';
import { NotePrinter, ProgressBar } from './progress.ts';
import { resultTable } from './report.ts';
import { costTable } from './tables.ts';

export interface RunOptions {
  experimentFile?: string;
  preset?: string;
  data?: string;
  targets?: string;
  set?: string[];
  seeds?: string;
  backend: string;
  'allow-software-gpu': boolean;
  out?: string;
  events?: string;
  attention: boolean;
  weights?: string;
  'save-weights'?: string;
  quiet: boolean;
}

/** @returns the exit code */
export async function runCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  const seeds = readSeeds(options.seeds);
  if (options.out) await requireFolder('--out', options.out);
  if (options.events) await requireFolder('--events', options.events);
  const saveWeights = options['save-weights'];
  if (saveWeights) await requireFolder('--save-weights', saveWeights);
  const weights = options.weights ? await readWeightsInput(options.weights) : undefined;
  const backend = await startNodeBackend({
    backend: readBackend(options.backend),
    allowSoftwareAdapter: options['allow-software-gpu'],
  });
  requirePlan(experiment, file);

  const control = new RunControl();
  if (options.attention) control.questions.put(questionOf('attention', { rows: { kind: 'mean' } }));
  let interruptedAt = 0;
  const onInterrupt = () => {
    // A terminal may deliver one Ctrl-C twice, to npm and to this process; a later one means it.
    if (interruptedAt > 0 && performance.now() - interruptedAt > 1000) process.exit(130);
    if (interruptedAt === 0)
      process.stderr.write('\nStopping after this step; what there is will be written.\n');
    interruptedAt ||= performance.now();
    control.stop();
  };
  process.on('SIGINT', onInterrupt);

  const events = options.events ? createWriteStream(options.events) : null;
  const bar = process.stderr.isTTY && !options.quiet ? new ProgressBar(process.stderr) : null;
  const lines = !process.stdout.isTTY && !bar && !options.quiet;
  const notes = new NotePrinter(process.stderr, bar);
  let exported: Uint8Array | null = null;
  let unsaved: Issue | null = null;
  const emit = (event: RunEvent) => {
    if (event.type === 'checkpoint') return;
    if (event.type === 'weights') {
      exported = event.bytes;
      return;
    }
    if (event.type === 'weights-refused') unsaved = event.issue;
    if (events) writeLine(events, event);
    notes.show(event);
    bar?.show(event);
    // The result has its own place; maps would drown the lines.
    const isLarge =
      event.type === 'probe-answer' || event.type === 'run-finished' || event.type === 'run-failed';
    if (lines && !isLarge) process.stdout.write(`${toJson(event)}\n`);
  };
  const session = await runSession({
    runId: `cli-${Date.now().toString(36)}`,
    experiment,
    file,
    seeds,
    backend,
    control,
    weights,
    inspect: (own) => new Prober(own, control.questions),
    emit,
  });
  if (saveWeights) {
    if (session.inspection) await session.exportWeights('model');
    if (exported) await writeFile(saveWeights, exported);
  }
  session.dispose();
  process.removeListener('SIGINT', onInterrupt);
  bar?.clear();
  await finishStream(events);
  await writeResult(session.result, options, lines);
  if (unsaved) {
    process.stderr.write(`error: --save-weights: ${formatIssue(unsaved)}\n`);
    return 1;
  }
  return exitCode(session.result);
}

/** Prints the cost table; progress goes to stderr. */
export async function costCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  await startNodeBackend({
    backend: readBackend(options.backend),
    allowSoftwareAdapter: options['allow-software-gpu'],
  });
  const note = (text: string) => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  process.stdout.write(`${await costTable(experiment, file, note)}\n`);
  return 0;
}

/** Prints where the time of a training step goes, network by network; `--out` gets every number as JSON. */
export async function profileCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  if (options.out) await requireFolder('--out', options.out);
  await startNodeBackend({
    backend: readBackend(options.backend),
    allowSoftwareAdapter: options['allow-software-gpu'],
  });
  const note = (text: string) => {
    if (!options.quiet) process.stderr.write(`${text}\n`);
  };
  const profiles = await profilesOf(experiment, file, note);
  process.stdout.write(`${profiles.map(profileText).join('\n\n')}\n`);
  if (options.out) await writeFile(options.out, `${toJson(profiles, 1)}\n`);
  return 0;
}

/** Trains as the experiment says, then tests the masks: one line per assertion, exit code 1 when one fails. */
export async function checkCommand(options: RunOptions): Promise<number> {
  const { experiment, file, found } = await readExperiment(options);
  const weights = options.weights ? await readWeightsInput(options.weights) : undefined;
  const backend = await startNodeBackend({
    backend: readBackend(options.backend),
    allowSoftwareAdapter: options['allow-software-gpu'],
  });
  requirePlan(experiment, file);
  const bar = process.stderr.isTTY && !options.quiet ? new ProgressBar(process.stderr) : null;
  const notes = new NotePrinter(process.stderr, bar);
  const role = found?.taken?.role ?? 'model';
  let tested = null as { report: MaskTestReport | null; step: number } | null;
  const control = new RunControl();
  const session = await runSession({
    runId: 'check',
    experiment,
    file,
    seeds: readSeeds(options.seeds) ?? (found?.taken ? [found.taken.seed] : undefined),
    backend,
    weights,
    control,
    inspect: (own) => new Prober(own, control.questions),
    emit: (event) => {
      notes.show(event);
      bar?.show(event);
      if (event.type !== 'probe-answer' || event.probe !== 'mask-tests') return;
      if (event.state === 'refused') throw new WorkbenchError(event.error.kind, event.error.message);
      if (event.state === 'answered') {
        const { report } = event.answer as ProbeAnswerOf<'mask-tests'>;
        tested = { report, step: event.step };
      }
    },
  });
  control.questions.put(questionOf('mask-tests', {}, { role }));
  await session.inspection?.answer();
  session.dispose();
  bar?.clear();
  if (session.result.status !== 'finished') return exitCode(session.result);
  const report = tested?.report;
  if (!report) {
    process.stderr.write(
      `check: the tasks of this model share no tokens; ${labelsWith(catalog.models, 'masks')} has masks to test.\n`,
    );
    return 2;
  }
  for (const note of found ? caseNotes(found, tested?.step ?? 0, weights !== undefined) : [])
    process.stderr.write(`check: ${note}\n`);
  process.stdout.write(`${maskTestText(report, found)}\n`);
  return report.assertions.every((a) => a.passed) ? 0 : 1;
}

/** What a user can mend by another setting, file or value; a run that such a thing ended was refused. */
const REFUSALS: readonly ErrorKind[] = ['config', 'data', 'file', 'numeric'];

function exitCode(result: RunResult): number {
  const { error, status } = result;
  if (error) process.stderr.write(`error: ${error.message}\n`);
  if (status === 'stopped') return 130;
  if (error && REFUSALS.includes(error.kind)) return 2;
  return status === 'finished' ? 0 : 1;
}

async function writeResult(result: RunResult, options: RunOptions, lines: boolean): Promise<void> {
  if (options.out) {
    await writeFile(options.out, `${toJson(result, 1)}\n`);
    if (lines)
      process.stdout.write(
        `${toJson({ type: 'result-written', file: options.out, status: result.status })}\n`,
      );
  } else if (!process.stdout.isTTY) {
    process.stdout.write(`${toJson(result)}\n`);
  }
  if (result.seeds.length > 0 && !options.quiet) process.stderr.write(`${resultTable(result)}\n`);
}

function writeLine(stream: WriteStream, event: RunEvent): void {
  stream.write(`${toJson(event)}\n`);
}

function finishStream(stream: WriteStream | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stream) return resolve();
    stream.on('error', reject);
    stream.end(() => resolve());
  });
}

/** The experiment out of file, preset, table and single settings, in this order. */
async function readExperiment(
  options: RunOptions,
): Promise<{ experiment: Experiment; file?: FileInput; found: Case | null }> {
  let input: unknown = {};
  let found: Case | null = null;
  if (options.experimentFile && options.preset) {
    throw new WorkbenchError('config', 'Expected an experiment file or --preset, got both. Leave one out.');
  }
  if (options.experimentFile) {
    const json = await readJson(options.experimentFile);
    found = readCase(json);
    input = found ? found.experiment : json;
  } else input = presetInput(options.preset);
  let experiment = requireExperiment(input, catalog);
  let file: FileInput | undefined;
  if (options.data) {
    file = await readFileInput('--data', options.data);
    experiment = await withTable(experiment, file, options);
  } else if (experiment.data.id === 'table') {
    file = await findTable(String(experiment.data.params.file), options.experimentFile);
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

async function readFileInput(option: string, path: string): Promise<FileInput> {
  try {
    return { name: basename(path), bytes: new Uint8Array(await readFile(path)) };
  } catch (error) {
    throw WorkbenchError.of('file', {
      path: option,
      expected: 'a file that can be read',
      got: `${path} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
      remedy: 'Check the path.',
    });
  }
}

/** The weights, and what `model.pt.json` or `model.json` beside them says, where it is about weights of ours. */
async function readWeightsInput(path: string): Promise<WeightsInput> {
  const weights = await readFileInput('--weights', path);
  for (const place of [`${path}.json`, path.replace(/\.[^./\\]+$/, '.json')]) {
    const exists = await access(place).then(
      () => true,
      () => false,
    );
    const card = exists ? await readFileInput('--weights', place) : null;
    if (card && isCard(card)) return { ...weights, card };
  }
  return weights;
}

/** A table named by an experiment: beside the experiment, in the working folder, or one of the examples. */
async function findTable(name: string, experimentFile: string | undefined): Promise<FileInput> {
  const places = [dirname(experimentFile ?? '.'), '.', join('public', 'data')].map((folder) =>
    join(folder, basename(name)),
  );
  for (const place of places) {
    try {
      await access(place);
      return await readFileInput('data.params.file', place);
    } catch {
      // The next place may have it; the error below names them all.
    }
  }
  throw WorkbenchError.of('file', {
    path: 'data.params.file',
    expected: `the table ${name} in one of ${places.join(', ')}`,
    got: 'no such file',
    remedy: 'Give the table with --data FILE.csv.',
  });
}

/** The experiment with its rows taken from `file`; its own targets win, then --targets, then a preset's for this file. */
async function withTable(experiment: Experiment, file: FileInput, options: RunOptions): Promise<Experiment> {
  const isTable = experiment.data.id === 'table';
  const named = catalog.presets.find(
    (p) => (p.experiment.data as { params?: { file?: string } } | undefined)?.params?.file === file.name,
  );
  const own = isTable ? (experiment.tasks.targets as TargetChoice[]) : [];
  const known = (named?.experiment.tasks as { targets?: TargetChoice[] } | undefined)?.targets ?? [];
  const targets = options.targets ? readTargets(options.targets) : own.length > 0 ? own : known;
  if (targets.length === 0) {
    const { columns } = await previewTable(file);
    const suggestion = columns.flatMap((c) =>
      c.suggestedTask ? [formatTypedName(c.name, c.suggestedTask)] : [],
    );
    throw WorkbenchError.of('config', {
      path: '--targets',
      expected: `the columns to predict, out of ${suggestion.join(', ')}`,
      got: 'nothing',
      remedy: `For example --targets '${suggestion.slice(-2).join(',')}'.`,
    });
  }
  const { experiment: parsed, issues } = parseExperiment(
    {
      ...experiment,
      data: { id: 'table', params: { ...(isTable ? experiment.data.params : {}), file: file.name } },
      tasks: { ...(isTable ? experiment.tasks : {}), targets },
    },
    catalog,
  );
  if (issues.length > 0) throw configError(issues);
  return parsed;
}

/** Applies `key=value` settings, written as in a shared link. */
function applySettings(experiment: Experiment, settings: readonly string[]): Experiment {
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

const readSeeds = (text: string | undefined) =>
  text === undefined ? undefined : parseSeeds(text, '--seeds');

function readBackend(name: string): BackendId | 'auto' {
  if (name === 'auto' || name === 'wasm' || name === 'cpu' || name === 'webgpu') return name;
  throw WorkbenchError.of('config', {
    path: '--backend',
    expected: 'auto, wasm, cpu or webgpu',
    got: name,
    remedy: 'Leave it out for the best one that starts.',
  });
}

async function requireFolder(option: string, path: string): Promise<void> {
  try {
    await access(dirname(path));
  } catch {
    throw WorkbenchError.of('file', {
      path: option,
      expected: 'a file in a folder that exists',
      got: path,
      remedy: `Make the folder ${dirname(path)} first.`,
    });
  }
}
