// `multitab run`: reads the experiment, trains it with the session the page uses, writes result and events.
import { createWriteStream, type WriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { catalog } from '../engine/catalog.ts';
import { labelsWith } from '../engine/config/capabilities.ts';
import { type ErrorKind, formatIssue, type Issue, WorkbenchError } from '../engine/core/errors.ts';
import { Prober } from '../engine/probes/prober.ts';
import { type ProbeAnswerOf, questionOf } from '../engine/probes/registry.ts';
import type { MaskTestReport } from '../engine/protocol/masks.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { requirePlan } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { runSession } from '../engine/training/session.ts';
import { startNodeBackend } from '../platform/node.ts';
import { caseNotes, maskTestText } from './case.ts';
import { readExperiment } from './experiment.ts';
import { readWeightsInput } from './files.ts';
import { toJson } from './json.ts';
import { type RunOptions, readBackend, readSeeds, requireFolder } from './options.ts';
import { profilesOf, profileText } from './profileTable.ts';
import { NotePrinter, ProgressBar } from './progress.ts';
import { resultTable } from './report.ts';
import { costTable } from './tables.ts';

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
  await requirePlan(experiment, { file });

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
  await requirePlan(experiment, { file });
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
