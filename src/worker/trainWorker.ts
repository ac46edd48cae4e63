// Between messages and the session; no logic of its own.
import { costRows, measureCost } from '../engine/analysis/cost.ts';
import { profileOfExperiment } from '../engine/analysis/profile.ts';
import { catalog } from '../engine/catalog.ts';
import { parseExperiment, requireExperiment } from '../engine/config/experiment.ts';
import { toErrorReport, WorkbenchError } from '../engine/core/errors.ts';
import { letMessagesIn } from '../engine/core/eventLoop.ts';
import { previewTable } from '../engine/data/tableSource.ts';
import type { BackendReport } from '../engine/protocol/backend.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';
import type { StepProfile } from '../engine/protocol/profile.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { trainingSettings } from '../engine/training/params.ts';
import { planExperiment, requireShapeOf } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { type FinishedSession, runSession } from '../engine/training/session.ts';
import { startBrowserBackend } from '../platform/browser.ts';

/** A read from a device that is going may fail before its loss is known; a failure waits this long for that. */
const LOSS_MS = 250;

let backend: BackendReport | null = null;
let deviceLost = false;
let control: RunControl | null = null;
let activeRun: string | null = null;
let finished: FinishedSession | null = null;
/** Runs asked for and not yet ended. */
let pendingRuns = 0;
/** Runs and measurements take turns. */
let turn: Promise<unknown> = Promise.resolve();

/** Starts when everything asked for before has ended. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** Runs come first: a measurement is refused, or broken off, when one has been asked for. */
function requireIdle(): void {
  if (pendingRuns > 0)
    throw new WorkbenchError('backend', 'This is measured while no run is active. Stop the run first.');
}

/** Sends an event; typed arrays are moved, not copied. */
function post(event: Event): void {
  const buffers = new Set<ArrayBuffer>();
  collectBuffers(event, buffers);
  postMessage(event, { transfer: [...buffers] });
}

function collectBuffers(value: unknown, into: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Float32Array && value.buffer instanceof ArrayBuffer) into.add(value.buffer);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) collectBuffers(item, into);
}

async function handle(command: Command): Promise<void> {
  switch (command.type) {
    case 'start':
      backend = await startBrowserBackend(command.request, (message, lost) => {
        deviceLost ||= lost;
        post({
          type: 'backend-lost',
          error: { kind: 'backend', message: gpuMessage(message, lost), issues: [] },
          device: lost,
        });
      });
      post({ type: 'backend', report: backend });
      return;
    case 'check': {
      const { experiment, issues } = parseExperiment(command.experiment, catalog);
      const plan =
        issues.length === 0 ? planExperiment(experiment, command.file) : { issues: [], summary: null };
      const all = [...issues, ...plan.issues];
      post({ type: 'checked', requestId: command.requestId, experiment, issues: all, summary: plan.summary });
      return;
    }
    case 'preview-table': {
      const table = await previewTable(command.file, command.data);
      post({ type: 'table-previewed', requestId: command.requestId, table });
      return;
    }
    case 'estimate-costs': {
      const experiment = requireExperiment(command.experiment, catalog);
      const { shape, trainingRows } = requireShapeOf(experiment, command.file);
      const rows = costRows(experiment, shape, trainingRows);
      const batchSize = Number(experiment.training.batchSize);
      post({ type: 'costs-estimated', requestId: command.requestId, rows, batchSize });
      return;
    }
    case 'measure-cost': {
      requireIdle();
      const experiment = requireExperiment(command.experiment, catalog);
      const { shape, trainingRows } = requireShapeOf(experiment, command.file);
      const settings = trainingSettings(experiment.training);
      const cost = await inTurn(() =>
        measureCost(command.network, shape, settings, trainingRows, async () => {
          await letMessagesIn();
          requireIdle();
        }),
      );
      post({ type: 'cost-measured', requestId: command.requestId, cost });
      return;
    }
    case 'profile':
      post({ type: 'profiled', requestId: command.requestId, profile: await profileOf(command) });
      return;
    case 'run':
      await run(command);
      return;
    case 'pause':
    case 'resume':
    case 'step':
    case 'stop':
      if (command.runId === activeRun) control?.[command.type]();
      return;
    case 'watch-attention': {
      const { runId, request } = command;
      if (runId !== activeRun) return;
      if (!finished) control?.watchAttention(request);
      else if (request && !request.seldom) await inTurn(async () => finished?.inspection?.capture(request));
      return;
    }
    case 'watch-experts':
      if (command.runId !== activeRun) return;
      if (finished) {
        if (command.on) await inTurn(async () => finished?.inspection?.captureExpertUse(true, command.role));
      } else {
        control?.watchExperts(command.on, command.role);
      }
      return;
    case 'watch-proof':
      if (command.runId !== activeRun) return;
      if (finished) {
        if (command.on) await inTurn(async () => finished?.inspection?.captureProof({ role: command.role }));
      } else {
        control?.watchProof(command.on, command.role);
      }
      return;
    case 'export-weights':
      if (command.runId === activeRun)
        await inTurn(async () => finished?.inspection?.exportWeights(command.role));
      return;
    case 'what-if':
      if (command.runId !== activeRun) return;
      if (finished) await inTurn(async () => finished?.inspection?.answerWhatIf(command.text));
      else control?.askWhatIf(command.text);
      return;
    case 'neighbours': {
      const { runId, request } = command;
      if (runId !== activeRun) return;
      if (finished) await inTurn(async () => finished?.inspection?.answerNeighbours(request));
      else control?.askNeighbours(request);
      return;
    }
    default:
      command satisfies never;
  }
}

async function profileOf(command: Extract<Command, { type: 'profile' }>): Promise<StepProfile> {
  const { runId, role, file } = command;
  const between = async () => {
    await letMessagesIn();
    requireIdle();
  };
  if (runId !== null && runId === activeRun) {
    const inRun = finished ? null : await control?.askProfile(role);
    if (inRun) return inRun;
    const after = await inTurn(async () => finished?.inspection?.profile(role, between));
    if (after) return after;
  }
  requireIdle();
  const experiment = requireExperiment(command.experiment, catalog);
  const plan = requireShapeOf(experiment, file);
  return inTurn(() => profileOfExperiment(experiment, plan, role, { between }));
}

async function run(command: Extract<Command, { type: 'run' }>): Promise<void> {
  if (!backend)
    throw new WorkbenchError('backend', 'run: expected a started backend, got none. Restart the engine.');
  const { runId, file, seeds, resume, paused, weights } = command;
  const report = backend;
  // One run at a time: a new one ends the one before, which needs until its next step.
  control?.stop();
  const own = new RunControl(paused);
  control = own;
  activeRun = runId;
  const before = finished;
  finished = null;
  pendingRuns++;
  try {
    await inTurn(async () => {
      before?.dispose();
      const { experiment, issues } = parseExperiment(command.experiment, catalog);
      const ended = await runSession({
        runId,
        experiment,
        issues,
        file,
        seeds,
        resume,
        weights,
        backend: report,
        control: own,
        emit: postOfRun,
      });
      if (activeRun === runId) finished = ended;
      else ended.dispose();
    });
  } finally {
    pendingRuns--;
  }
}

/** A run that fails because its device is lost has not failed: the page takes it up again. */
function postOfRun(event: RunEvent): void {
  if (event.type !== 'run-failed' || event.error.kind !== 'internal' || backend?.active !== 'webgpu') {
    post(event);
    return;
  }
  setTimeout(() => {
    if (!deviceLost) post(event);
  }, LOSS_MS);
}

const gpuMessage = (message: string, lost: boolean) =>
  lost
    ? `The GPU device was lost: ${message.replace(/\.$/, '')}.`
    : `The GPU refused an operation: ${message}. Numbers after this may be wrong; restart the engine, or choose wasm.`;

/** Reports what a command threw to whoever waits for its answer. */
function fail(command: Command, thrown: unknown): void {
  const error = toErrorReport(thrown);
  if ('requestId' in command) post({ type: 'request-failed', requestId: command.requestId, error });
  else post({ type: 'backend-lost', error });
}

self.onmessage = (message: MessageEvent<Command>) => {
  handle(message.data).catch((error) => fail(message.data, error));
};

post({ type: 'ready', catalog });
