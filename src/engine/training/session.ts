// Runs an experiment: makes the table once, then for every seed trains the baseline and the model side by side on the
// same batches, and reports as it goes. No DOM, no messages: events leave through `emit`, commands come in through
// RunControl, so the worker, the command line and the tests all run this same code.
import * as tf from '@tensorflow/tfjs-core';
import { captureAttention } from '../analysis/attentionCapture.ts';
import { configError, type Experiment, seedsOf } from '../config/experiment.ts';
import { type ErrorReport, type Issue, toErrorReport } from '../core/errors.ts';
import { letMessagesIn } from '../core/eventLoop.ts';
import { lookUp } from '../core/registry.ts';
import { batchBounds, batchOrder, gatherBatch } from '../data/batches.ts';
import type { FileInput } from '../data/source.ts';
import type { Dataset } from '../data/table.ts';
import type {
  BackendReport,
  Checkpoint,
  DatasetSummary,
  EpochRecord,
  RowSelection,
  RunEvent,
  RunResult,
  SeedResult,
  TaskScore,
} from '../protocol.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { weightings } from '../weighting/registry.ts';
import { type GainReport, gainReport, gainSummary } from './gain.ts';
import type { TrainingSettings } from './params.ts';
import { type PartState, type TensorBatch, TrainingPart } from './part.ts';
import { modelOf, requirePlan, sourceOf } from './plan.ts';
import { ProgressMeter } from './progressMeter.ts';
import type { RunControl } from './runControl.ts';
import { StepTrace } from './stepTrace.ts';
import { summariseDataset } from './summary.ts';

type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'runId' | 'step'> : never) : never;

export interface SessionOptions {
  runId: string;
  experiment: Experiment;
  /** What the parser found wrong with the experiment; any issue fails the run before it starts. */
  issues?: readonly Issue[];
  /** Overrides the seeds of the experiment. */
  seeds?: number[];
  file?: FileInput;
  backend: BackendReport;
  emit: (event: RunEvent) => void;
  control: RunControl;
  resume?: Checkpoint;
}

/** What is left after a run: its result, and the last model for further attention captures. */
export interface FinishedSession {
  result: RunResult;
  capture: ((rows: RowSelection) => Promise<void>) | null;
  captureExperts: (() => Promise<void>) | null;
  dispose: () => void;
}

/** Thrown inside to unwind when a stop is asked for. */
class StopSignal extends Error {}

/** The least time between two checkpoints and between two attention captures of a running session. */
const CHECKPOINT_MS = 10_000;
const CAPTURE_MS = 1_000;
/** The worker answers messages at least this often. */
const SLICE_MS = 12;

interface SessionState {
  epoch: number;
  batch: number;
  parts: Record<string, PartState>;
  finished: SeedResult[];
}

export async function runSession(options: SessionOptions): Promise<FinishedSession> {
  const session = new Session(options);
  return session.run();
}

class Session {
  private readonly o: SessionOptions;
  private readonly seeds: number[];
  private readonly settings: TrainingSettings;
  private readonly startedAt = new Date().toISOString();
  private readonly started = performance.now();
  private dataset: Dataset | null = null;
  private datasetSummary: DatasetSummary | null = null;
  private parts: TrainingPart[] = [];
  private seed = 0;
  private seedIndex = 0;
  private epoch = 0;
  private finished: SeedResult[] = [];
  private lastYield = performance.now();
  private lastCapture = 0;
  private lastCheckpoint = performance.now();
  private wasPaused = false;
  /** Where the next step stands; what a checkpoint records. */
  private position = { epoch: 1, batch: 0 };
  private pausedAt: { epoch: number; batch: number } | null = null;

  constructor(options: SessionOptions) {
    this.o = options;
    this.seeds = options.resume?.seeds ?? options.seeds ?? seedsOf(options.experiment);
    this.settings = options.experiment.training as unknown as TrainingSettings;
  }

  async run(): Promise<FinishedSession> {
    const { experiment, backend, resume, file } = this.o;
    try {
      if (this.o.issues && this.o.issues.length > 0) throw configError(this.o.issues);
      requirePlan(experiment, file);
      this.emit({
        type: 'run-started',
        experiment,
        seeds: this.seeds,
        backend,
        startedAt: this.startedAt,
        resumedFromStep: resume ? resume.step : null,
      });
      await this.makeDataset();
      const resumed = resume?.state as SessionState | undefined;
      this.finished = structuredClone(resumed?.finished ?? []);
      for (const result of this.finished) this.emit({ type: 'seed-finished', result });
      const first = resume?.seedIndex ?? 0;
      for (let i = first; i < this.seeds.length; i++) {
        const checkpoint = i === first ? resume : undefined;
        this.finished.push(await this.trainSeed(i, checkpoint));
      }
      return this.close('finished', null);
    } catch (error) {
      if (error instanceof StopSignal) {
        if (this.parts.length > 0) await this.emitCheckpoint();
        return this.close('stopped', null);
      }
      return this.close('failed', toErrorReport(error));
    }
  }

  private async makeDataset(): Promise<void> {
    const { experiment, file } = this.o;
    const source = sourceOf(experiment);
    const request = { data: experiment.data.params, tasks: experiment.tasks, file };
    let lastReport = 0;
    this.dataset = await source.generate(request, async (fraction, phase) => {
      if (performance.now() - lastReport > 100) {
        lastReport = performance.now();
        this.emit({ type: 'data-progress', phase, fraction });
      }
      await this.breathe();
    });
    this.datasetSummary = summariseDataset(this.dataset);
    this.emit({ type: 'dataset', dataset: this.datasetSummary });
  }

  private async trainSeed(seedIndex: number, checkpoint?: Checkpoint): Promise<SeedResult> {
    const dataset = this.dataset as Dataset;
    this.disposeParts();
    this.seedIndex = seedIndex;
    this.seed = this.seeds[seedIndex] as number;
    const { train } = dataset.split;
    const bounds = batchBounds(train.length, this.settings.batchSize);
    const stepsPerEpoch = bounds.length - 1;
    const { epochs } = this.settings;
    this.parts = this.createParts(stepsPerEpoch * epochs);
    this.emit({
      type: 'seed-started',
      seed: this.seed,
      seedIndex,
      parts: this.parts.map((p) => p.info),
      stepsPerEpoch,
      epochs,
    });
    const from = this.restore(checkpoint);
    const meter = new ProgressMeter({
      stepsPerEpoch,
      epochs,
      parts: this.parts.length,
      doneSteps: this.doneSteps(),
      seedCount: this.seeds.length,
    });
    const trace = new StepTrace(this.parts.map((p) => p.role));
    for (let epoch = from.epoch; epoch <= epochs; epoch++) {
      this.epoch = epoch;
      const order = batchOrder(this.seed, epoch, train);
      for (let b = epoch === from.epoch ? from.batch : 0; b < stepsPerEpoch; b++) {
        await this.gate(epoch, b, () => this.flush(trace, meter, 'training', true));
        await this.trainBatch(order, bounds[b] as number, bounds[b + 1] as number, trace, meter);
        this.flush(trace, meter, 'training', false);
        await this.maybeCapture();
        await this.maybeCheckpoint(epoch, b + 1);
      }
      this.flush(trace, meter, 'validating', true);
      await this.validate(epoch);
      if (this.parts.every((p) => p.stopped)) break;
    }
    this.flush(trace, meter, 'testing', true);
    return this.testSeed();
  }

  private createParts(totalSteps: number): TrainingPart[] {
    const { experiment } = this.o;
    const dataset = this.dataset as Dataset;
    const common = {
      dataset,
      taskTypes: dataset.tasks.map((t): TaskType => taskTypes[t.type]),
      weighting: lookUp(weightings, this.settings.weighting, 'training.weighting'),
      settings: this.settings,
      seed: this.seed,
      totalSteps,
    };
    const parts: TrainingPart[] = [];
    const { baseline, model } = experiment;
    if (baseline) {
      const def = modelOf(baseline.id, 'baseline.id');
      parts.push(new TrainingPart({ ...common, role: 'baseline', def, params: baseline.params }));
    }
    parts.push(new TrainingPart({ ...common, role: 'model', def: modelOf(model.id), params: model.params }));
    return parts;
  }

  /** Epoch (1-based) and batch to start with. */
  private restore(checkpoint?: Checkpoint): { epoch: number; batch: number } {
    if (!checkpoint) return { epoch: 1, batch: 0 };
    const state = checkpoint.state as SessionState;
    for (const part of this.parts) {
      const partState = state.parts[part.role];
      if (!partState) throw new Error(`checkpoint: no state of the ${part.role}`);
      part.load(checkpoint.tensors, partState);
      for (const record of part.records)
        this.emit({ type: 'epoch', role: part.role, seed: this.seed, record });
    }
    return { epoch: state.epoch, batch: state.batch };
  }

  private async trainBatch(
    order: Uint32Array,
    from: number,
    to: number,
    trace: StepTrace,
    meter: ProgressMeter,
  ): Promise<void> {
    const dataset = this.dataset as Dataset;
    const gathered = gatherBatch(dataset, order, from, to);
    const rows = to - from;
    const batch: TensorBatch = {
      categorical: tf.tensor2d(gathered.categorical, [rows, dataset.categorical.length], 'int32'),
      numeric: tf.tensor2d(gathered.numeric, [rows, dataset.numeric.length]),
      targets: gathered.targets.map((t) => tf.tensor1d(t)),
    };
    try {
      for (const part of this.parts) {
        if (part.stopped) continue;
        const report = await part.trainStep(batch, this.epoch);
        trace.add(part.role, part.step, report);
        meter.addStep(rows);
        // The baseline can be much slower than the model, so messages are let in between the two as well.
        await this.breathe(true);
      }
    } finally {
      tf.dispose([batch.categorical, batch.numeric, batch.targets]);
    }
  }

  private async validate(epoch: number): Promise<void> {
    for (const part of this.parts) {
      if (part.stopped) continue;
      const record = await part.finishEpoch(epoch, () => this.breathe());
      this.emit({ type: 'epoch', role: part.role, seed: this.seed, record });
    }
    const gain = this.gainOf((part) => part.bestScores());
    if (gain) this.emit({ type: 'gain', seed: this.seed, split: 'validation', gain });
  }

  private async testSeed(): Promise<SeedResult> {
    const results = new Map<string, Awaited<ReturnType<TrainingPart['finish']>>>();
    for (const part of this.parts) results.set(part.role, await part.finish(() => this.breathe()));
    const model = results.get('model');
    if (!model) throw new Error('no model was trained');
    const baseline = results.get('baseline') ?? null;
    const gain = this.gainOf((part) => results.get(part.role)?.test ?? null);
    const result: SeedResult = { seed: this.seed, model, baseline, gain };
    if (gain) this.emit({ type: 'gain', seed: this.seed, split: 'test', gain });
    await this.capture();
    this.emit({ type: 'seed-finished', result });
    return result;
  }

  private gainOf(scoresOf: (part: TrainingPart) => TaskScore[] | null): GainReport | null {
    const find = (role: string) => this.parts.find((p) => p.role === role);
    const [model, baseline] = [find('model'), find('baseline')];
    const scores = model && scoresOf(model);
    const reference = baseline && scoresOf(baseline);
    return scores && reference ? gainReport(scores, reference) : null;
  }

  /** Waits while paused; serves attention requests; throws when a stop was asked for. */
  private async gate(epoch: number, batch: number, settle: () => void): Promise<void> {
    const { control } = this.o;
    this.position = { epoch, batch };
    if (control.stopRequested) throw new StopSignal();
    while (control.waiting) {
      if (this.pausedAt === null || this.pausedAt.epoch !== epoch || this.pausedAt.batch !== batch) {
        settle();
        this.announce(true);
        if (this.pausedAt === null) await this.emitCheckpoint();
        this.pausedAt = { epoch, batch };
        await this.capture();
      } else if (control.takeSelectionChange()) {
        await this.capture();
      } else {
        await control.changed();
      }
      if (control.stopRequested) throw new StopSignal();
    }
    if (!control.paused && this.wasPaused) this.announce(false);
    control.takeStep();
  }

  private announce(paused: boolean): void {
    if (this.wasPaused === paused) return;
    this.wasPaused = paused;
    if (!paused) this.pausedAt = null;
    this.emit({ type: 'state', state: paused ? 'paused' : 'running' });
  }

  /** Lets messages in when it is time, and throws when one of them was a stop. */
  private async breathe(always = false): Promise<void> {
    if (always || performance.now() - this.lastYield > SLICE_MS) {
      await letMessagesIn();
      this.lastYield = performance.now();
    }
    if (this.o.control.stopRequested) throw new StopSignal();
  }

  private flush(
    trace: StepTrace,
    meter: ProgressMeter,
    phase: 'training' | 'validating' | 'testing',
    force: boolean,
  ): void {
    for (const steps of trace.take(force)) {
      this.emit({ type: 'steps', seed: this.seed, epoch: this.epoch, ...steps });
    }
    const progress = meter.report(force);
    if (!progress) return;
    this.emit({
      type: 'progress',
      seed: this.seed,
      seedIndex: this.seedIndex,
      seedCount: this.seeds.length,
      phase,
      epoch: this.epoch,
      epochs: this.settings.epochs,
      ...progress,
      secondsLeft: progress.secondsLeftSeed + meter.secondsPerSeed * (this.seeds.length - 1 - this.seedIndex),
    });
  }

  private async maybeCapture(): Promise<void> {
    const { control } = this.o;
    if (control.waiting) return;
    if (control.takeSelectionChange() || performance.now() - this.lastCapture > CAPTURE_MS)
      await this.capture();
  }

  private async capture(rows: RowSelection | null = this.o.control.watched): Promise<void> {
    const part = this.parts.find((p) => p.role === 'model');
    if (!rows || !part || !this.dataset) return;
    this.o.control.takeSelectionChange();
    const maps = await captureAttention(part.model, this.dataset, rows);
    this.lastCapture = performance.now();
    if (maps.length === 0) return;
    const rowLabels = Array.from(
      { length: Math.min(64, this.dataset.split.validation.length) },
      (_, i) => `row ${i}`,
    );
    this.emit({ type: 'attention', seed: this.seed, epoch: this.epoch, rows, rowLabels, maps });
  }

  private async maybeCheckpoint(epoch: number, batch: number): Promise<void> {
    this.position = { epoch, batch };
    if (performance.now() - this.lastCheckpoint > CHECKPOINT_MS) await this.emitCheckpoint();
  }

  private async emitCheckpoint(): Promise<void> {
    const { runId, experiment, file } = this.o;
    const tensors: Record<string, Float32Array> = {};
    const parts: Record<string, PartState> = {};
    for (const part of this.parts) {
      const saved = await part.save();
      Object.assign(tensors, saved.tensors);
      parts[part.role] = saved.state;
    }
    const state: SessionState = { ...this.position, parts, finished: this.finished };
    this.lastCheckpoint = performance.now();
    this.emit({
      type: 'checkpoint',
      checkpoint: {
        version: 1,
        runId,
        experiment,
        file,
        seedIndex: this.seedIndex,
        seeds: this.seeds,
        epoch: this.position.epoch,
        step: this.modelStep(),
        savedAt: Date.now(),
        tensors,
        state,
      },
    });
  }

  private close(status: RunResult['status'], error: ErrorReport | null): FinishedSession {
    const { experiment, backend } = this.o;
    const records = (role: string): EpochRecord[] => [
      ...(this.parts.find((p) => p.role === role)?.records ?? []),
    ];
    const gains = this.finished.flatMap((s) => (s.gain ? [s.gain] : []));
    const result: RunResult = {
      version: 1,
      status,
      experiment,
      backend,
      startedAt: this.startedAt,
      elapsedMs: performance.now() - this.started,
      dataset: this.datasetSummary,
      seeds: this.finished,
      unfinished:
        status === 'finished' || this.parts.length === 0
          ? null
          : { seed: this.seed, model: records('model'), baseline: records('baseline') },
      gain: gains.length > 0 ? gainSummary(gains) : null,
      error,
    };
    this.emit(error ? { type: 'run-failed', error, result } : { type: 'run-finished', result });
    const canCapture = this.parts.length > 0;
    return {
      result,
      capture: canCapture ? (rows) => this.capture(rows) : null,
      captureExperts: null,
      dispose: () => this.disposeParts(),
    };
  }

  private modelStep(): number {
    return this.parts.find((p) => p.role === 'model')?.step ?? 0;
  }

  private doneSteps(): number {
    return this.parts.reduce((sum, p) => sum + p.step, 0);
  }

  private disposeParts(): void {
    for (const part of this.parts) part.dispose();
    this.parts = [];
  }

  private emit(event: EventBody): void {
    this.o.emit({ runId: this.o.runId, step: this.modelStep(), ...event } as RunEvent);
  }
}
