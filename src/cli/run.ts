// `multitab run`: reads the experiment, trains it with the session the page uses, writes result and events.
import { catalog } from '../engine/catalog.ts';
import { labelsWith } from '../engine/config/capabilities.ts';
import { isOfInput, WorkbenchError } from '../engine/core/errors.ts';
import { Prober } from '../engine/probes/prober.ts';
import { type ProbeAnswerOf, questionOf } from '../engine/probes/registry.ts';
import type { MaskTestReport } from '../engine/protocol/masks.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { requirePlan } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { runSession } from '../engine/training/session.ts';
import { startBackendOf } from './backend.ts';
import { caseNotes, maskTestText, testedRole } from './case.ts';
import { CheckpointFile } from './checkpointFile.ts';
import { Output, onEndSignal } from './endings.ts';
import { readExperiment } from './experiment.ts';
import { readWeightsInput } from './files.ts';
import { toJson } from './json.ts';
import { type RunOptions, readSeeds } from './options.ts';
import { profilesOf, profileText } from './profileTable.ts';
import { NotePrinter, ProgressBar } from './progress.ts';
import { resultTable } from './report.ts';
import { outOf, RunOutputs } from './runOutputs.ts';
import { costTable } from './tables.ts';

/** @returns the exit code */
export async function runCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  const seeds = readSeeds(options.seeds);
  const outputs = await RunOutputs.probe(options);
  const weights = options.weights ? await readWeightsInput(options.weights) : undefined;
  const backend = await startBackendOf(options);
  await requirePlan(experiment, { file });
  const checkpoints = options.checkpoint
    ? await CheckpointFile.open(options.checkpoint, { experiment, seeds, backend: backend.active })
    : null;
  if (checkpoints?.resume)
    process.stderr.write(`going on from step ${checkpoints.resume.step} of ${options.checkpoint}\n`);

  const control = new RunControl();
  if (options.attention) control.questions.put(questionOf('attention', { rows: { kind: 'mean' } }));
  const end = onEndSignal((signal) => {
    process.stderr.write(`\n${signal}: stopping after this step; what there is will be written.\n`);
    control.stop();
  });
  // If stdout fails and no file is to be written, nobody would read the result: stop.
  const stdout = new Output(process.stdout, () => {
    if (!outputs.hasFiles) control.stop();
  });
  const bar = process.stderr.isTTY && !options.quiet ? new ProgressBar(process.stderr) : null;
  const lines = !stdout.isTTY && !bar && !options.quiet;
  const notes = new NotePrinter(process.stderr, bar);
  const session = await runSession({
    runId: `cli-${Date.now().toString(36)}`,
    experiment,
    file,
    seeds,
    backend,
    control,
    weights,
    resume: checkpoints?.resume,
    inspect: (own) => new Prober(own, control.questions),
    emit: (event) => {
      checkpoints?.keep(event);
      outputs.keep(event);
      notes.show(event);
      bar?.show(event);
      if (lines && isLine(event)) stdout.write(`${toJson(event)}\n`);
    },
  });
  const { result } = session;
  bar?.clear();
  await outputs.writeResult(result, stdout, lines);
  await outputs.writeWeights(session);
  await outputs.finishEvents();
  // What is finished is not lost: the result is written, or stdout has it.
  await checkpoints?.finish(result.status === 'finished');
  session.dispose();
  end.release();
  if (result.seeds.length > 0 && !options.quiet) process.stderr.write(`${resultTable(result)}\n`);
  const failed = await stdout.finish();
  if (failed !== null && !outputs.hasFiles) return failed;
  const code = result.status === 'stopped' ? (end.exitCode() ?? 130) : exitCode(result);
  return code === 0 && (outputs.failed || checkpoints?.failed || failed === 1) ? 1 : code;
}

/**
 * Whether an event is printed as a line. Checkpoints and weights are not for readers; the result is printed separately;
 * attention maps are too long.
 */
function isLine({ type }: RunEvent): boolean {
  return !['checkpoint', 'weights', 'probe-answer', 'run-finished', 'run-failed'].includes(type);
}

/** Writes notes on progress to stderr, unless the command is to be quiet. */
const noteFor = (options: RunOptions) => (text: string) => {
  if (!options.quiet) process.stderr.write(`${text}\n`);
};

/** Prints the cost table; progress goes to stderr. */
export async function costCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  await startBackendOf(options);
  process.stdout.write(`${await costTable(experiment, file, noteFor(options))}\n`);
  return 0;
}

/** Prints the time of a training step by kernel, network by network; `--out` writes every number as JSON. */
export async function profileCommand(options: RunOptions): Promise<number> {
  const { experiment, file } = await readExperiment(options);
  const out = await outOf(options);
  await startBackendOf(options);
  const profiles = await profilesOf(experiment, file, noteFor(options));
  process.stdout.write(`${profiles.map(profileText).join('\n\n')}\n`);
  await out?.write(`${toJson(profiles, 1)}\n`);
  return 0;
}

/** Trains the experiment, then tests the masks: one line per assertion, exit code 1 if one fails. */
export async function checkCommand(options: RunOptions): Promise<number> {
  const { experiment, file, found } = await readExperiment(options);
  const role = testedRole(found, experiment);
  const weights = options.weights ? await readWeightsInput(options.weights) : undefined;
  const backend = await startBackendOf(options);
  await requirePlan(experiment, { file });
  const bar = process.stderr.isTTY && !options.quiet ? new ProgressBar(process.stderr) : null;
  const notes = new NotePrinter(process.stderr, bar);
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

/** A run that ended with an error of what it was given was refused. */
function exitCode(result: RunResult): number {
  const { error, status } = result;
  if (error) process.stderr.write(`error: ${error.message}\n`);
  if (status === 'stopped') return 130;
  if (error && isOfInput(error.kind)) return 2;
  return status === 'finished' ? 0 : 1;
}
