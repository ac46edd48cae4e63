// Runs an experiment: makes the table once; then, for every seed, trains baseline and model side by side on the same batches,
// and the further models after them. No DOM, no messages: events leave through `emit`, commands arrive through RunControl, so
// the worker, the command line and the tests run the same code.
import type { Experiment } from '../config/experiment.ts';
import { configError, seedsOf } from '../config/experiment.ts';
import { requireSeeds } from '../config/seeds.ts';
import type { TableInput } from '../config/tableInput.ts';
import { type ErrorReport, type Issue, toErrorReport } from '../core/errors.ts';
import { distinctNotes, type Note, shortNote } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { SourceRequest, WeightsInput } from '../data/source.ts';
import type { Dataset } from '../data/table.ts';
import { isBoosted } from '../models/model.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { NetworkInfo, RunResult, SeedResult, TaskScore } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { CheckpointClock, checkpointOf, requireCurrent, sessionStateOf } from './checkpoints.ts';
import { compareModels, type Tested, testedOf } from './comparison.ts';
import { exportWeights } from './exportWeights.ts';
import { GivenWeights } from './givenWeights.ts';
import { type EventBody, type InspectedSession, type Inspection, NOTHING_ASKED } from './inspection.ts';
import { keptNetworks } from './keepNetworks.ts';
import { noteOfLoudTask } from './lossScales.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import { type TrainingSettings, trainingSettings } from './params.ts';
import { PauseGate } from './pauseGate.ts';
import { networksOf, type PlannedNetwork, requirePlan } from './plan.ts';
import { RateSearch } from './rateSearch.ts';
import type { RunContext } from './runContext.ts';
import type { RunControl } from './runControl.ts';
import { makeResources, type RunResources } from './runResources.ts';
import { resultOf } from './runResult.ts';
import { SeedRun } from './seedRun.ts';
import { StopSignal, Turns } from './turns.ts';

export interface SessionOptions {
  runId: string;
  experiment: Experiment;
  /** Issues that the parser found; any issue fails the run before it starts. */
  issues?: readonly Issue[];
  /** Overrides the seeds of the experiment. */
  seeds?: number[];
  file?: TableInput;
  backend: BackendReport;
  emit: (event: RunEvent) => void;
  control: RunControl;
  /** Answers questions about the networks; default: no questions. */
  inspect?: (session: InspectedSession) => Inspection;
  resume?: Checkpoint;
  /** Trained weights of the model, which is then measured instead of trained. */
  weights?: WeightsInput;
  /** Emits the networks at the end, so that they can be opened again (openedRun.ts). */
  keepNetworks?: boolean;
}

/** The last networks of a run, for probes. */
export interface HeldNetworks {
  /** Null if the run has no networks. */
  inspection: Inspection | null;
  /** Emits an event of the run with the weights, or with the reason why there are none. */
  exportWeights(role: Role): Promise<void>;
  dispose: () => void;
}

/** What remains after a run. */
export interface FinishedSession extends HeldNetworks {
  result: RunResult;
}

export const runSession = (options: SessionOptions): Promise<FinishedSession> => new Session(options).run();

class Session implements InspectedSession {
  readonly settings: TrainingSettings;
  isDone = false;
  private hasStarted = false;
  private readonly o: SessionOptions;
  private readonly seeds: number[];
  private readonly startedAt = new Date().toISOString();
  private readonly started = performance.now();
  private readonly turns: Turns;
  private readonly gate: PauseGate;
  private readonly inspection: Inspection;
  private readonly checkpoints = new CheckpointClock();
  private readonly rates: RateSearch;
  /** Given to the model instead of training; stored in checkpoints. */
  private readonly weights: WeightsInput | undefined;
  /** The same, parsed. */
  private given: GivenWeights | null = null;
  private resources: RunResources | null = null;
  private current: SeedRun | null = null;
  private finished: SeedResult[] = [];
  /** Notes on weights and networks; the table has its own. */
  private readonly notes: Note[];
  /** Set when the run has ended. */
  private result: RunResult | null = null;

  constructor(options: SessionOptions) {
    const { experiment, control, resume } = options;
    const resumed = sessionStateOf(resume);
    this.o = options;
    this.seeds = resume?.seeds ?? options.seeds ?? seedsOf(experiment);
    this.settings = trainingSettings(experiment.training);
    this.weights = options.weights ?? resume?.weights;
    this.rates = new RateSearch(this.settings.rateSearch, resumed?.rates);
    this.notes = [...(resumed?.notes ?? [])];
    this.turns = new Turns(control);
    this.inspection = options.inspect?.(this) ?? NOTHING_ASKED;
    this.gate = new PauseGate({
      control,
      inspection: this.inspection,
      drainPendingSteps: () => this.drainPendingSteps(),
      emitState: (state) => this.emit({ type: 'state', state }),
      emitCheckpoint: () => this.emitCheckpoint(),
    });
  }

  async run(): Promise<FinishedSession> {
    const { experiment, resume, file, issues } = this.o;
    try {
      if (issues && issues.length > 0) throw configError(issues);
      requireSeeds(this.seeds, 'seeds');
      if (resume) requireCurrent(resume);
      this.given = this.weights ? new GivenWeights(this.weights) : null;
      const request = await requirePlan(experiment, {
        file,
        encoding: this.given?.encoding,
        progress: () => this.turns.yieldOrStop(),
      });
      this.emitStarted();
      await this.trainSeeds(await this.makeTable(request));
      await this.endAnswers();
      await this.emitNetworks();
      return this.close('finished', null);
    } catch (error) {
      // The last steps belong to the curves, even if one of them caused the fault that is already reported.
      await this.drainPendingSteps().catch(() => {});
      this.current?.flush();
      if (error instanceof StopSignal) {
        // Stopped while its file was read.
        if (!this.hasStarted) this.emitStarted();
        if (this.current) await this.emitCheckpoint();
        await this.endAnswers();
        await this.emitNetworks();
        // Frees the optimizer's moments and GPU recordings, which may be large.
        this.current?.release();
        return this.close('stopped', null);
      }
      // A lost device loses these steps; the failure itself is reported.
      await this.emitNetworks().catch(() => {});
      this.current?.release();
      return this.close('failed', toErrorReport(error));
    }
  }

  private emitStarted(): void {
    const { experiment, backend, resume } = this.o;
    this.hasStarted = true;
    this.emit({
      type: 'run-started',
      experiment,
      seeds: this.seeds,
      backend,
      startedAt: this.startedAt,
      resumedFromStep: resume ? resume.step : null,
    });
  }

  get experiment(): Experiment {
    return this.o.experiment;
  }

  get dataset(): Dataset | null {
    return this.resources?.dataset ?? null;
  }

  get networks(): readonly NetworkInTraining[] {
    return this.current?.networks ?? [];
  }

  get training(): readonly NetworkInTraining[] {
    return this.current?.inTraining ?? [];
  }

  get infos(): readonly NetworkInfo[] {
    return this.current?.infos ?? [];
  }

  get tested(): readonly Tested[] {
    return this.current?.scores.tested ?? [];
  }

  get seed(): number {
    return this.current?.seed ?? 0;
  }

  get epoch(): number {
    return this.current?.epoch ?? 0;
  }

  baselineScores(): TaskScore[] | null {
    return this.current?.scores.of('baseline', 'validation') ?? null;
  }

  createNetwork(network: PlannedNetwork, info: NetworkInfo): NetworkInTraining {
    return (this.resources as RunResources).networks.create(network, info, this.seed);
  }

  yieldToMessages(): Promise<void> {
    return this.turns.yieldToMessages();
  }

  yieldOrStop(): Promise<void> {
    return this.turns.yieldOrStop();
  }

  /** Emits a note now; it is part of the result too, whenever that is made. */
  note(role: Role, whole: Note): void {
    const note = shortNote(whole);
    this.notes.push(note);
    this.result?.notes.push(note);
    this.emit({ type: 'note', role, note });
  }

  emit(event: EventBody, step = this.current?.step ?? 0): void {
    this.o.emit({ runId: this.o.runId, step, ...event } as RunEvent);
  }

  private async makeTable(request: SourceRequest): Promise<RunResources> {
    const { experiment } = this.o;
    const { settings, given, turns } = this;
    const resources = await makeResources({
      experiment,
      settings,
      request,
      given,
      emit: (event) => this.emit(event),
      note: (role, note) => this.note(role, note),
      yieldOrStop: turns.yieldOrStop,
    });
    this.resources = resources;
    this.emit({ type: 'dataset', dataset: resources.summary });
    return resources;
  }

  private async trainSeeds(resources: RunResources): Promise<void> {
    const { o, seeds, given } = this;
    const { experiment, resume } = o;
    const model = networksOf(experiment).find(({ role }) => role === 'model');
    // Refuses unfitting weights before a baseline is trained for them.
    if (model) given?.requireFit(model, resources.dataset);
    if (!resume) this.noteScales(resources.dataset);
    const first = resume?.seedIndex ?? 0;
    this.finished = structuredClone((sessionStateOf(resume)?.finished ?? []).slice(0, first));
    for (const result of this.finished) this.emit({ type: 'seed-finished', result });
    const context = this.contextOf(resources);
    for (let i = first; i < seeds.length; i++) {
      this.current?.dispose();
      this.current = new SeedRun(context, i, i === first ? resume : undefined);
      this.finished.push(await this.current.train((tested) => this.announce(tested)));
    }
  }

  /** Names a task whose loss will rule the others, where losses are added as they are. */
  private noteScales(dataset: Dataset): void {
    const sharing = networksOf(this.o.experiment).find(
      ({ role, def }) => role !== 'baseline' && !isBoosted(def) && !def.singleTask,
    );
    const note = sharing && this.settings.weighting === 'equal' ? noteOfLoudTask(dataset) : null;
    if (sharing && note) this.note(sharing.role, note);
  }

  private contextOf(resources: RunResources): RunContext {
    const { settings, seeds, turns, rates, inspection, given } = this;
    const { experiment, control } = this.o;
    return {
      ...resources,
      experiment,
      settings,
      seeds,
      control,
      turns,
      rates,
      inspection,
      given,
      emit: (event) => this.emit(event),
      note: (role, note) => this.note(role, note),
      keepNotes: (notes) => this.notes.push(...notes),
      pass: (place, flush) => this.gate.pass(place, flush),
      maybeCheckpoint: async () => {
        if (!this.checkpoints.isDue(control.takeKeep())) return;
        await this.drainPendingSteps();
        await this.emitCheckpoint();
      },
    };
  }

  /** Called when a network has been tested. */
  private announce(tested: Tested): void {
    const all = this.tested;
    const soFar = all.slice(0, all.indexOf(tested) + 1);
    const comparison = compareModels([...this.finished.map(testedOf), soFar]);
    this.emit({ type: 'tested', seed: this.seed, ...tested, comparison });
  }

  private async drainPendingSteps(): Promise<void> {
    await this.current?.drainPendingSteps();
  }

  /** For questions without a chosen network, switches from the network trained last to the model. */
  private async endAnswers(): Promise<void> {
    this.isDone = true;
    if (this.current && this.current.stages > 1) await this.inspection.answer();
  }

  private async emitCheckpoint(): Promise<void> {
    const { current } = this;
    if (!current) return;
    const { runId, experiment, file } = this.o;
    const { weights, seeds, notes, elapsedMs } = this;
    const rates = this.rates.trials;
    // The seed in training comes to its result again, even if it had one when the last questions were stopped.
    const finished = this.finished.slice(0, current.seedIndex);
    const began = performance.now();
    const checkpoint = await checkpointOf(
      { runId, experiment, file, weights, seeds, rates, finished, notes, elapsedMs },
      current,
    );
    this.checkpoints.written(performance.now() - began);
    this.emit({ type: 'checkpoint', checkpoint });
  }

  private async emitNetworks(): Promise<void> {
    const { current, dataset, weights } = this;
    const { keepNetworks, file } = this.o;
    if (!keepNetworks || !current || !dataset || current.networks.length === 0) return;
    const known = this.resources?.summary.fingerprint;
    const kept = await keptNetworks(current, { dataset, fingerprint: known, file, weights });
    this.emit({ type: 'networks', kept });
  }

  private close(status: RunResult['status'], error: ErrorReport | null): FinishedSession {
    const { current, finished } = this;
    const dataset = this.resources?.summary ?? null;
    const { experiment, backend } = this.o;
    const result = resultOf({
      status,
      experiment,
      backend,
      startedAt: this.startedAt,
      elapsedMs: this.elapsedMs,
      dataset,
      finished,
      current,
      notes: distinctNotes([...(dataset?.notes ?? []), ...this.notes]),
      error,
    });
    this.result = result;
    this.emit(error ? { type: 'run-failed', error, result } : { type: 'run-finished', result });
    this.resources?.networks.dispose();
    return {
      result,
      inspection: this.networks.length > 0 ? this.inspection : null,
      exportWeights: (role) => exportWeights(this, role),
      dispose: () => {
        current?.dispose();
        this.current = null;
        this.resources?.networks.dispose();
      },
    };
  }

  private get elapsedMs(): number {
    const before = sessionStateOf(this.o.resume)?.elapsedMs ?? 0;
    return before + performance.now() - this.started;
  }
}
