// The engine behind its messages: takes commands, lets runs and measurements take turns, and posts events. Independent of
// workers, so that tests talk to it in Node as the page does.
import { catalog } from '../engine/catalog.ts';
import { parseExperiment, requireExperiment } from '../engine/config/experiment.ts';
import type { TableInput } from '../engine/config/tableInput.ts';
import { toErrorReport, WorkbenchError } from '../engine/core/errors.ts';
import { letMessagesIn } from '../engine/core/eventLoop.ts';
import type { ProgressSink } from '../engine/data/progress.ts';
import { prepareTable, previewTable } from '../engine/data/tableFile.ts';
import type { ProbeDef } from '../engine/probes/probe.ts';
import { Prober } from '../engine/probes/prober.ts';
import { probes as allProbes } from '../engine/probes/registry.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { describeData } from '../engine/training/describeData.ts';
import { openRun } from '../engine/training/openedRun.ts';
import { planExperiment } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { type HeldNetworks, runSession } from '../engine/training/session.ts';
import { StopSignal } from '../engine/training/turns.ts';
import { type HeldRun, ProbeDesk } from './probeDesk.ts';
import { ReadingReport } from './readingReport.ts';

/**
 * Milliseconds. A read from a failing device may be rejected before the loss is reported; a failed run waits this long for the
 * report.
 */
const LOSS_MS = 250;

/** Questions that need to read a table. */
type ReadingQuestion = 'check' | 'preview-table' | 'prepare-table' | 'describe-data';

export interface HostOptions {
  post(event: Event): void;
  /** @param onFault - called with errors of the device; `lost` if the device is gone */
  startBackend(
    request: BackendRequest,
    onFault: (message: string, lost: boolean) => void,
  ): Promise<BackendReport>;
  probes?: Record<string, ProbeDef>;
}

export class EngineHost {
  private readonly o: HostOptions;
  private readonly probes: Record<string, ProbeDef>;
  private readonly desk: ProbeDesk;
  private backend: BackendReport | null = null;
  /** Set while a backend starts. */
  private starting: Promise<void> | null = null;
  private deviceLost = false;
  private held: HeldRun | null = null;
  /** Runs requested and not yet ended. */
  private pendingRuns = 0;
  /** How often each question was asked. */
  private readonly questions: Record<ReadingQuestion, number> = {
    check: 0,
    'preview-table': 0,
    'prepare-table': 0,
    'describe-data': 0,
  };
  /** How often reading was stopped. */
  private readingStops = 0;
  /** Runs and measurements take turns. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: HostOptions) {
    this.o = options;
    this.probes = options.probes ?? allProbes;
    this.desk = new ProbeDesk({
      probes: this.probes,
      post: (event) => options.post(event),
      held: () => this.held,
      inTurn: (work) => this.inTurn(work),
      requireIdle: () => this.requireIdle(),
    });
    options.post({ type: 'ready', catalog });
  }

  receive(command: Command): void {
    this.handle(command).catch((thrown) => {
      const error = toErrorReport(thrown);
      if ('requestId' in command)
        this.o.post({ type: 'request-failed', requestId: command.requestId, error });
      else this.o.post({ type: 'backend-lost', error });
    });
  }

  private async startBackend(request: BackendRequest): Promise<void> {
    const onFault = (message: string, lost: boolean) => {
      this.deviceLost ||= lost;
      const error = { kind: 'backend' as const, message: gpuMessage(message, lost), issues: [] };
      this.o.post({ type: 'backend-lost', error, device: lost });
    };
    try {
      this.backend = await this.o.startBackend(request, onFault);
    } finally {
      this.starting = null;
    }
    this.o.post({ type: 'backend', report: this.backend });
  }

  /** Parameters are counted in networks that are built, and while a backend starts, none can be. */
  private async started(starting: Promise<void>): Promise<void> {
    // A start that failed was reported to who asked for it.
    await starting.catch(() => undefined);
  }

  private async handle(command: Command): Promise<void> {
    switch (command.type) {
      case 'start':
        this.starting = this.startBackend(command.request);
        await this.starting;
        return;
      case 'ping':
        this.o.post({ type: 'pong' });
        return;
      case 'check':
        if (this.starting) await this.started(this.starting);
        await this.check(command);
        return;
      case 'preview-table': {
        const progress = this.readingFor(command.type, command.file);
        const table = await previewTable(command.file, command.data, progress).finally(progress.end);
        this.o.post({ type: 'table-previewed', requestId: command.requestId, table });
        return;
      }
      case 'prepare-table': {
        const progress = this.readingFor(command.type, command.file);
        const prepared = await prepareTable(command.file, command.data, progress).finally(progress.end);
        this.o.post({ type: 'table-prepared', requestId: command.requestId, prepared });
        return;
      }
      case 'describe-data': {
        const experiment = requireExperiment(command.experiment, catalog);
        const progress = this.readingFor(command.type, command.file);
        const description = await describeData(experiment, command.file, progress).finally(progress.end);
        this.o.post({ type: 'data-described', requestId: command.requestId, description });
        return;
      }
      case 'stop-reading':
        this.readingStops++;
        return;
      case 'probe':
        if (this.starting) await this.started(this.starting);
        await this.desk.ask(command);
        return;
      case 'run':
        await this.run(command);
        return;
      case 'open':
        await this.open(command);
        return;
      case 'keep':
      case 'pause':
      case 'resume':
      case 'step':
      case 'stop':
        if (command.runId === this.held?.runId) this.held.control[command.type]();
        return;
      case 'pace':
        if (command.runId === this.held?.runId) this.held.control.pace(command.stepsPerSecond);
        return;
      case 'set-task-weights':
        if (command.runId === this.held?.runId) this.held.control.setTaskWeights(command.weights);
        return;
      case 'export-weights': {
        const { held } = this;
        if (command.runId === held?.runId)
          await this.inTurn(async () => {
            if (held.finished?.inspection) await held.finished.exportWeights(command.role);
          });
        return;
      }
      default:
        command satisfies never;
    }
  }

  private async check({ requestId, ...command }: Extract<Command, { type: 'check' }>): Promise<void> {
    const { file } = command;
    const { experiment, issues } = parseExperiment(command.experiment, catalog);
    const progress = this.readingFor('check', file);
    const plan =
      issues.length === 0
        ? await planExperiment(experiment, { file, progress }).finally(progress.end)
        : { issues: [], summary: null };
    const all = [...issues, ...plan.issues];
    this.o.post({ type: 'checked', requestId, experiment, issues: all, summary: plan.summary });
  }

  /**
   * Reports the progress of a question that reads a table; ends it when the question is asked again, or reading is stopped.
   */
  private readingFor(type: ReadingQuestion, file?: TableInput): ProgressSink & { end(): void } {
    this.questions[type]++;
    const mine = this.questions[type];
    const stops = this.readingStops;
    const told = new ReadingReport(file?.name ?? '', (reading) => this.o.post({ type: 'reading', reading }));
    const progress: ProgressSink = async (fraction, phase) => {
      told.tell(fraction, phase);
      await letMessagesIn();
      if (this.questions[type] !== mine)
        throw new WorkbenchError('config', `${type}: asked again before it was answered.`);
      if (this.readingStops !== stops)
        throw new WorkbenchError(
          'config',
          `Reading ${file?.name ?? 'the table'} was stopped: choose it again to read it.`,
        );
    };
    return Object.assign(progress, { end: () => told.end() });
  }

  private run(command: Extract<Command, { type: 'run' }>): Promise<void> {
    const { backend } = this;
    if (!backend)
      throw new WorkbenchError('backend', 'run: expected a started backend, got none. Restart the engine.');
    const control = new RunControl(command.paused);
    return this.hold(command.runId, control, () => {
      const { runId, file, seeds, resume, weights } = command;
      const { experiment, issues } = parseExperiment(command.experiment, catalog);
      return runSession({
        runId,
        experiment,
        issues,
        file,
        seeds,
        resume,
        weights,
        backend,
        control,
        keepNetworks: true,
        inspect: (session) => new Prober(session, control.questions, this.probes),
        emit: (event) => this.postOfRun(event),
      });
    });
  }

  private async open({ runId, kept, ...command }: Extract<Command, { type: 'open' }>): Promise<void> {
    const control = new RunControl();
    try {
      await this.hold(runId, control, async () => {
        const { experiment, issues } = parseExperiment(command.experiment, catalog);
        const opened = await openRun({
          runId,
          experiment,
          issues,
          kept,
          control,
          inspect: (session) => new Prober(session, control.questions, this.probes),
          emit: (event) => this.postOfRun(event),
        });
        this.o.post({ type: 'opened', runId });
        return opened;
      });
    } catch (thrown) {
      if (this.held?.runId === runId) this.held = null;
      // Another run was requested meanwhile.
      if (thrown instanceof StopSignal) return;
      this.o.post({ type: 'open-failed', runId, error: toErrorReport(thrown) });
    }
  }

  /** Holds one run at a time. A new run ends the previous one, which takes until its next step, and the questions about it. */
  private async hold(runId: string, control: RunControl, work: () => Promise<HeldNetworks>): Promise<void> {
    const { held: before } = this;
    before?.control.stop();
    before?.control.questions.withdrawAll();
    const held: HeldRun = { runId, control, finished: null };
    this.held = held;
    this.pendingRuns++;
    try {
      await this.inTurn(async () => {
        before?.finished?.dispose();
        const ended = await work();
        if (this.held === held) held.finished = ended;
        else ended.dispose();
      });
    } finally {
      this.pendingRuns--;
    }
    await this.desk.answerFinished(held);
  }

  /** Starts when everything requested before has ended. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => {});
    return mine;
  }

  /** Runs take precedence: a measurement is refused, or ended, when a run is requested. */
  private requireIdle(): void {
    if (this.pendingRuns > 0)
      throw new WorkbenchError('backend', 'This is measured while no run is active. Stop the run first.');
  }

  /** A run that fails because its device is lost is not reported as failed: the page resumes it. */
  private postOfRun(event: RunEvent): void {
    // Errors of any kind: a failing device also refuses to compile, and returns NaN.
    if (event.type !== 'run-failed' || this.backend?.active !== 'webgpu') {
      this.o.post(event);
      return;
    }
    setTimeout(() => {
      if (!this.deviceLost) this.o.post(event);
    }, LOSS_MS);
  }
}

const gpuMessage = (message: string, lost: boolean) =>
  lost
    ? `The GPU device was lost: ${message.replace(/\.$/, '')}.`
    : `The GPU refused an operation: ${message}. Numbers after this may be wrong; restart the engine, or choose wasm.`;
