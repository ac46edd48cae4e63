// Runs an experiment: makes the table once, then for every seed trains the baseline and the model side by side on the same
// batches and the further models behind them, and reports as it goes; questions about them are answered between steps (probes/prober.ts). No DOM, no
// messages: events leave through `emit`, commands come in through RunControl, so the worker, the command line and the tests all
// run this same code.
import { configError, type Experiment, seedsOf } from '../config/experiment.ts';
import { requireSeeds } from '../config/seeds.ts';
import { type ErrorReport, type Issue, toErrorReport } from '../core/errors.ts';
import { letMessagesIn } from '../core/eventLoop.ts';
import { distinctNotes, type Note } from '../core/notes.ts';
import { lookUp } from '../core/registry.ts';
import type { Role } from '../core/roles.ts';
import { batchBounds, batchOrder } from '../data/batches.ts';
import type { FileInput, WeightsInput } from '../data/source.ts';
import type { Dataset } from '../data/table.ts';
import { isBoosted } from '../models/model.ts';
import type { BackendReport } from '../protocol/backend.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../protocol/checkpoint.ts';
import type { DatasetSummary } from '../protocol/data.ts';
import type {
  EpochRecord,
  PartInfo,
  PartResult,
  RunResult,
  SeedResult,
  TaskScore,
} from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { weightings } from '../weighting/registry.ts';
import { BoostedPart } from './boostedPart.ts';
import { requireCurrent } from './checkpointVersion.ts';
import { compareModels, type Tested, testedOf } from './comparison.ts';
import { exportWeights } from './exportWeights.ts';
import { gainSummary } from './gain.ts';
import { GivenWeights } from './givenWeights.ts';
import { GradientPart } from './gradientPart.ts';
import {
  type EventBody,
  type InspectedSession,
  type Inspection,
  NOTHING_ASKED,
  StopSignal,
} from './inspection.ts';
import type { TrainingSettings } from './params.ts';
import type { Part, PartState } from './part.ts';
import { describeNetwork, networksOf, type PlannedNetwork, requirePlan, sourceOf, stagesOf } from './plan.ts';
import { Preparation } from './preparation.ts';
import { ProgressMeter } from './progressMeter.ts';
import { type PlannedPart, RateSearch } from './rateSearch.ts';
import { TableOnDemand } from './residentTable.ts';
import type { RunControl } from './runControl.ts';
import { SeedScores } from './seedScores.ts';
import { StepTrace } from './stepTrace.ts';
import { summariseDataset } from './summary.ts';
import { type Place, TensorBatch } from './tensorBatch.ts';

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
  /** What answers questions about the networks; nobody asks when left out. */
  inspect?: (session: InspectedSession) => Inspection;
  resume?: Checkpoint;
  /** Trained weights of the model, which is then measured instead of trained. */
  weights?: WeightsInput;
}

/** What is left after a run: its result, and its last networks to look into. */
export interface FinishedSession {
  result: RunResult;
  /** Null when the run has no networks. */
  inspection: Inspection | null;
  /** Leaves as an event of the run, as does the reason when there are none. */
  exportWeights(role: Role): Promise<void>;
  dispose: () => void;
}

/** The least time between two checkpoints of a running session. */
const CHECKPOINT_MS = 10_000;
/** The worker answers messages at least this often. */
const SLICE_MS = 12;

interface SessionState {
  stage: number;
  epoch: number;
  batch: number;
  parts: Record<string, PartState>;
  /** Networks of this seed that have been tested. */
  tested: Tested[];
  /** Learning rates tried so far. */
  rates: RateSearch['trials'];
  finished: SeedResult[];
  /** Spent before the checkpoint, pauses included. */
  elapsedMs: number;
}

export async function runSession(options: SessionOptions): Promise<FinishedSession> {
  const session = new Session(options);
  return session.run();
}

class Session implements InspectedSession {
  private readonly o: SessionOptions;
  private readonly inspection: Inspection;
  private readonly seeds: number[];
  readonly settings: TrainingSettings;
  private readonly startedAt = new Date().toISOString();
  private readonly started = performance.now();
  dataset: Dataset | null = null;
  private datasetSummary: DatasetSummary | null = null;
  private table: TableOnDemand | null = null;
  /** Networks of this seed that exist: those in training, and those done, which can still be looked into. */
  parts: Part[] = [];
  /** The networks in training. */
  training: Part[] = [];
  /** Everything this seed trains, in order. */
  infos: PartInfo[] = [];
  scores: SeedScores;
  private stage = 0;
  private stages = 1;
  seed = 0;
  private seedIndex = 0;
  epoch = 0;
  private finished: SeedResult[] = [];
  /** Given to the model instead of training; a checkpoint keeps them. */
  private readonly weights: WeightsInput | undefined;
  /** The same, read. */
  private given: GivenWeights | null = null;
  private lastYield = performance.now();
  private lastCheckpoint = performance.now();
  private wasPaused = false;
  /** Sends what has gathered of the stage in training. */
  private settle: () => void = () => {};
  /** Waits for the steps that are launched. */
  private settleSteps: () => Promise<void> = async () => {};
  /** Where the next step stands; what a checkpoint records. */
  private position = { stage: 0, epoch: 1, batch: 0 };
  private pausedAt: string | null = null;
  private readonly rates: RateSearch;
  isDone = false;
  /** Once the run has ended. */
  private result: RunResult | null = null;
  /** What was said of weights and networks; the table has its own. */
  private readonly notes: Note[] = [];
  private preparation: Preparation | null = null;

  get experiment(): Experiment {
    return this.o.experiment;
  }

  constructor(options: SessionOptions) {
    this.o = options;
    this.seeds = options.resume?.seeds ?? options.seeds ?? seedsOf(options.experiment);
    this.settings = options.experiment.training as unknown as TrainingSettings;
    this.weights = options.weights ?? options.resume?.weights;
    this.scores = this.createScores();
    const resumed = options.resume?.state as SessionState | undefined;
    this.rates = new RateSearch(this.settings.rateSearch, resumed?.rates);
    this.inspection = options.inspect?.(this) ?? NOTHING_ASKED;
  }

  private readonly createScores = (tested?: readonly Tested[]): SeedScores =>
    new SeedScores(this.settings, () => this.training, tested);

  async run(): Promise<FinishedSession> {
    const { experiment, backend, resume, file } = this.o;
    try {
      if (this.o.issues && this.o.issues.length > 0) throw configError(this.o.issues);
      requireSeeds(this.seeds, 'seeds');
      if (resume) requireCurrent(resume);
      this.given = this.weights ? new GivenWeights(this.weights) : null;
      requirePlan(experiment, file, this.given?.encoding);
      this.emit({
        type: 'run-started',
        experiment,
        seeds: this.seeds,
        backend,
        startedAt: this.startedAt,
        resumedFromStep: resume ? resume.step : null,
      });
      await this.makeDataset();
      this.checkWeights();
      const resumed = resume?.state as SessionState | undefined;
      this.finished = structuredClone(resumed?.finished ?? []);
      for (const result of this.finished) this.emit({ type: 'seed-finished', result });
      const first = resume?.seedIndex ?? 0;
      for (let i = first; i < this.seeds.length; i++) {
        const checkpoint = i === first ? resume : undefined;
        this.finished.push(await this.trainSeed(i, checkpoint));
      }
      await this.endAnswers();
      return this.close('finished', null);
    } catch (error) {
      // The steps that led to the end belong to the curves; what is wrong with them is known.
      await this.settleSteps().catch(() => {});
      this.settle();
      if (error instanceof StopSignal) {
        if (this.infos.length > 0) await this.emitCheckpoint();
        await this.endAnswers();
        return this.close('stopped', null);
      }
      return this.close('failed', toErrorReport(error));
    }
  }

  private async makeDataset(): Promise<void> {
    const { experiment, file } = this.o;
    const source = sourceOf(experiment);
    const { encoding } = this.given ?? {};
    const request = { data: experiment.data.params, tasks: experiment.tasks, file, ...encoding };
    let lastReport = 0;
    this.dataset = await source.generate(request, async (fraction, phase) => {
      if (performance.now() - lastReport > 100) {
        lastReport = performance.now();
        this.emit({ type: 'data-progress', phase, fraction });
      }
      await this.breathe();
    });
    this.table = new TableOnDemand(this.dataset, (refused) => {
      const text = `Batches are sent to the GPU step by step, which makes steps slower: ${refused}.`;
      this.note('model', { code: 'batches-sent-each-step', text });
    });
    this.datasetSummary = summariseDataset(this.dataset);
    this.preparation = new Preparation(this.dataset, this.settings, (ready, total) =>
      this.emit({ type: 'compiling', ready, total }),
    );
    this.emit({ type: 'dataset', dataset: this.datasetSummary });
  }

  private async trainSeed(seedIndex: number, checkpoint?: Checkpoint): Promise<SeedResult> {
    const dataset = this.dataset as Dataset;
    this.disposeParts();
    this.seedIndex = seedIndex;
    this.seed = this.seeds[seedIndex] as number;
    const networks = networksOf(this.o.experiment);
    // A model that is not trained takes no batches beside the baseline.
    const stages = this.weights ? networks.map((n) => [n]) : stagesOf(networks);
    this.stages = stages.length;
    const planned = stages.map((networks, stage) =>
      networks.map((network) => ({
        network,
        ...describeNetwork(network, stage, dataset, this.settings, dataset.split.train.length),
      })),
    );
    this.infos = planned.flat().map((p) => this.rates.chosen(p.info));
    const model = this.infos.find((info) => info.role === 'model') as PartInfo;
    this.emit({
      type: 'seed-started',
      seed: this.seed,
      seedIndex,
      parts: structuredClone(this.infos),
      stepsPerEpoch: model.stepsPerEpoch,
      epochs: model.epochs,
    });
    const meter = new ProgressMeter({
      stages: planned.map((networks) => ({
        steps:
          networks.reduce((sum, { info }) => sum + info.stepsPerEpoch * info.epochs, 0) +
          this.searchSteps(networks),
        onceSteps: this.searchSteps(networks),
        workPerStep: networks.reduce((sum, { workPerStep }) => sum + workPerStep, 0) / networks.length,
        kind: networks.every(({ info }) => info.boosted) ? 'round' : 'step',
      })),
      seedCount: this.seeds.length,
    });
    const state = checkpoint?.state as SessionState | undefined;
    this.scores = this.createScores(state?.tested);
    for (const tested of this.scores.tested) {
      const { role, epochs } = tested.result;
      for (const record of epochs) this.emit({ type: 'epoch', role, seed: this.seed, record });
      this.announceTested(tested);
    }
    for (let stage = state?.stage ?? 0; stage < planned.length; stage++) {
      this.stage = stage;
      const networks = planned[stage] ?? [];
      this.training = [];
      this.position = { stage, epoch: 1, batch: 0 };
      await this.searchRates(networks, meter);
      this.training = networks.map(({ network, info }) => this.createPart(network, this.rates.chosen(info)));
      this.parts.push(...this.training);
      const from = this.restore(stage === state?.stage ? checkpoint : undefined);
      this.position = { stage, ...from };
      meter.beginStage(stage, this.searchSteps(networks) + this.training.reduce((sum, p) => sum + p.step, 0));
      if (this.loadWeights()) await this.validate(0);
      else {
        await this.preparation?.prepareSteps(this.training);
        await this.trainStage(from, meter);
      }
      await this.testStage();
    }
    const result = this.scores.seedResult(this.seed);
    this.emit({ type: 'seed-finished', result });
    return result;
  }

  /** Before a baseline is trained for weights that are refused. */
  private checkWeights(): void {
    const network = networksOf(this.o.experiment).find(({ role }) => role === 'model');
    if (network) this.given?.requireFit(network, this.dataset as Dataset);
  }

  /** True when the stage holds the model and its weights were given. */
  private loadWeights(): boolean {
    const { given } = this;
    const dataset = this.dataset as Dataset;
    const model = this.training.find((p) => p.role === 'model');
    const network = networksOf(this.o.experiment).find(({ role }) => role === 'model');
    if (!given || !model?.model || !network) return false;
    const notes = [
      ...given.putInto(model.model, network, dataset),
      ...given.notesOn(dataset, this.o.experiment),
    ];
    this.notes.push(...notes);
    this.emit({
      type: 'weights-read',
      role: model.role,
      fileName: given.name,
      tensors: given.tensors,
      notes,
    });
    return true;
  }

  get tested(): readonly Tested[] {
    return this.scores.tested;
  }

  createPart(network: PlannedNetwork, info: PartInfo): Part {
    const dataset = this.dataset as Dataset;
    const { def, params } = network;
    const learningRate = info.trainedWith?.learningRate ?? this.settings.learningRate;
    const common = {
      info: { ...info },
      params,
      dataset,
      taskTypes: dataset.tasks.map((t): TaskType => taskTypes[t.type]),
      settings: { ...this.settings, learningRate },
      seed: this.seed,
      onNote: (note: Note) => this.note(info.role, note),
    };
    if (isBoosted(def)) return new BoostedPart({ ...common, def });
    const weighting = lookUp(weightings, this.settings.weighting, 'training.weighting');
    const labelCorrelation = info.role === 'model' ? this.given?.labelCorrelation : undefined;
    const table = () => this.table?.get() ?? null;
    return new GradientPart({ ...common, def, weighting, labelCorrelation, table });
  }

  /** Steps of the search for learning rates, which later seeds do not repeat. */
  private searchSteps(networks: readonly { info: PartInfo }[]): number {
    return this.seedIndex > 0 ? 0 : this.rates.stepsOf(networks);
  }

  /** Before any network of the stage begins. */
  private async searchRates(networks: readonly PlannedPart[], meter: ProgressMeter): Promise<void> {
    // A model that is not trained needs no rate.
    const searched = networks.filter(({ info }) => !this.weights || info.role !== 'model');
    meter.beginStage(this.stage, this.rates.doneStepsOf(searched));
    await this.rates.run(searched, {
      dataset: this.dataset as Dataset,
      seed: this.seed,
      batchSize: this.settings.batchSize,
      create: ({ network, info }) => this.createPart(network, info),
      prepare: async (part) => {
        await this.preparation?.prepareSteps([part]);
        await this.preparation?.prepareEvaluation([part]);
      },
      gate: (tell) => this.gate(1, 0, () => tell(true)),
      letIn: () => this.letIn(),
      breathe: () => this.breathe(),
      addStep: (rows) => meter.addStep(rows),
      tell: (where, force) => this.tellProgress(meter, { phase: 'searching-rate', ...where }, force),
      trialDone: () => this.maybeCheckpoint(1, 0),
      note: (role, note) => this.note(role, note),
    });
    this.infos = this.infos.map((info) => this.rates.chosen(info));
  }

  /** Epoch (1-based) and batch to start with. */
  private restore(checkpoint?: Checkpoint): { epoch: number; batch: number } {
    const state = checkpoint?.state as SessionState | undefined;
    // While rates are searched, no network of the stage has begun.
    if (!checkpoint || !state || Object.keys(state.parts).length === 0) return { epoch: 1, batch: 0 };
    for (const part of this.training) {
      const partState = state.parts[part.role];
      if (!partState) throw new Error(`checkpoint: no state of the ${part.role}`);
      part.load(checkpoint.tensors, partState);
      for (const record of part.records)
        this.emit({ type: 'epoch', role: part.role, seed: this.seed, record });
    }
    return { epoch: state.epoch, batch: state.batch };
  }

  private async trainStage(from: { epoch: number; batch: number }, meter: ProgressMeter): Promise<void> {
    const { train } = (this.dataset as Dataset).split;
    const { stepsPerEpoch, epochs } = (this.training[0] as Part).info;
    const byBatch = this.training.some((p) => p.model !== null);
    const bounds = byBatch ? batchBounds(train.length, this.settings.batchSize) : null;
    const trace = new StepTrace(this.training.map((p) => p.role));
    this.settle = () => this.flush(trace, meter, 'training', true);
    this.settleSteps = async () => {
      const faults: unknown[] = [];
      for (const part of this.training) {
        try {
          for (let reports = await part.settle(); reports.length > 0; reports = await part.settle())
            for (const report of reports) trace.add(part.role, report);
        } catch (fault) {
          // The steps of the others are reported all the same.
          faults.push(fault);
        }
      }
      if (faults.length > 0) throw faults[0];
    };
    for (let epoch = from.epoch; epoch <= epochs; epoch++) {
      this.epoch = epoch;
      const order = byBatch ? batchOrder(this.seed, epoch, train) : null;
      for (let b = epoch === from.epoch ? from.batch : 0; b < stepsPerEpoch; b++) {
        await this.gate(epoch, b, () => this.flush(trace, meter, 'training', true));
        const place =
          order && bounds ? { order, from: bounds[b] as number, to: bounds[b + 1] as number } : null;
        await this.trainBatch(place, trace, meter);
        this.flush(trace, meter, 'training', false);
        await this.maybeAnswer();
        await this.maybeCheckpoint(epoch, b + 1);
      }
      await this.settleSteps();
      this.flush(trace, meter, 'validating', byBatch);
      await this.validate(epoch);
      // What was asked while the epoch was measured is answered now: there may be no later step.
      const due = this.inspection.dueAfterEpoch();
      if (due.length > 0) await this.inspection.answer(due);
      if (this.training.every((p) => p.stopped)) break;
    }
    this.flush(trace, meter, 'testing', true);
  }

  /** @param place - of the batch; null for parts that read the whole training split */
  private async trainBatch(place: Place | null, trace: StepTrace, meter: ProgressMeter): Promise<void> {
    const dataset = this.dataset as Dataset;
    const batch = place && new TensorBatch(dataset, place);
    const count = batch?.size ?? dataset.split.train.length;
    try {
      for (const part of this.training) {
        if (part.stopped) continue;
        for (const report of await part.trainStep(batch, this.epoch, () => this.letIn()))
          trace.add(part.role, report);
        meter.addStep(count);
        // The baseline can be much slower than the model, so messages are let in between the two as well.
        await this.letIn(true);
      }
    } finally {
      batch?.dispose();
    }
  }

  private async validate(epoch: number): Promise<void> {
    await this.preparation?.prepareEvaluation(this.training);
    for (const part of this.training) {
      // After a resume some may have been measured already.
      if (part.stopped || part.records.some((r) => r.epoch === epoch)) continue;
      const record = await part.finishEpoch(epoch, () => this.breathe());
      this.emit({ type: 'epoch', role: part.role, seed: this.seed, record });
    }
    for (const part of this.training) {
      const { gain, decomposition } = this.scores.compare(part.info, 'validation');
      if (gain || decomposition)
        this.emit({ type: 'gain', role: part.role, seed: this.seed, gain, decomposition });
    }
  }

  private async testStage(): Promise<void> {
    const results: PartResult[] = [];
    for (const part of this.training) results.push(await part.finish(() => this.breathe()));
    for (const tested of this.scores.add(results)) this.announceTested(tested);
    await this.inspection.answer();
    for (const part of this.training) part.release();
  }

  private announceTested(tested: Tested): void {
    const soFar = this.scores.tested.slice(0, this.scores.tested.indexOf(tested) + 1);
    const seeds = [...this.finished.map(testedOf), soFar];
    this.emit({ type: 'tested', seed: this.seed, ...tested, comparison: compareModels(seeds) });
  }

  baselineScores(split: 'validation' | 'test'): TaskScore[] | null {
    return this.scores.of('baseline', split);
  }

  /** Waits while paused; answers questions; throws when a stop was asked for. */
  private async gate(epoch: number, batch: number, settle: () => void): Promise<void> {
    const { control } = this.o;
    this.position = { stage: this.stage, epoch, batch };
    const here = Object.values(this.position).join('/');
    if (control.stopRequested || control.waiting) await this.settleSteps();
    if (control.stopRequested) throw new StopSignal();
    while (control.waiting) {
      if (this.pausedAt !== here) {
        settle();
        this.announce(true);
        if (this.pausedAt === null) await this.emitCheckpoint();
        this.pausedAt = here;
        await this.inspection.answer();
      } else if (control.questions.takeNew()) {
        await this.inspection.answer();
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

  /** Lets messages in when it is time. */
  async letIn(always = false): Promise<void> {
    if (!always && performance.now() - this.lastYield <= SLICE_MS) return;
    await letMessagesIn();
    this.lastYield = performance.now();
  }

  /** The same, and throws when one of them was a stop. Not within a step: all networks of a stage take it, or none. */
  async breathe(): Promise<void> {
    await this.letIn();
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
    const where = {
      phase,
      roles: this.training.map((p) => p.role),
      epoch: this.epoch,
      epochs: this.training[0]?.info.epochs ?? this.settings.epochs,
    };
    this.tellProgress(meter, where, force);
  }

  private tellProgress(
    meter: ProgressMeter,
    where: Pick<Extract<RunEvent, { type: 'progress' }>, 'phase' | 'roles' | 'epoch' | 'epochs'>,
    force: boolean,
  ): void {
    const progress = meter.report(force);
    if (!progress) return;
    this.emit({
      type: 'progress',
      seed: this.seed,
      seedIndex: this.seedIndex,
      seedCount: this.seeds.length,
      ...where,
      stage: this.stage,
      stages: this.stages,
      ...progress,
      secondsLeft: progress.secondsLeftSeed + meter.secondsPerSeed * (this.seeds.length - 1 - this.seedIndex),
    });
  }

  private async maybeAnswer(): Promise<void> {
    if (this.o.control.waiting) return;
    const due = this.inspection.due();
    if (due.length === 0) return;
    await this.settleSteps();
    await this.inspection.answer(due);
  }

  /** Turns from the network trained last to the model, for those who asked for no other. */
  private async endAnswers(): Promise<void> {
    this.isDone = true;
    if (this.stages > 1) await this.inspection.answer();
  }

  private async maybeCheckpoint(epoch: number, batch: number): Promise<void> {
    this.position = { stage: this.stage, epoch, batch };
    if (performance.now() - this.lastCheckpoint <= CHECKPOINT_MS) return;
    await this.settleSteps();
    await this.emitCheckpoint();
  }

  private async emitCheckpoint(): Promise<void> {
    const { runId, experiment, file } = this.o;
    const { weights } = this;
    const tensors: Record<string, Float32Array> = {};
    const parts: Record<string, PartState> = {};
    for (const part of this.training) {
      const saved = await part.save();
      Object.assign(tensors, saved.tensors);
      parts[part.role] = saved.state;
    }
    const { finished, elapsedMs } = this;
    const { tested } = this.scores;
    const rates = this.rates.trials;
    const state: SessionState = structuredClone({
      ...this.position,
      parts,
      tested,
      rates,
      finished,
      elapsedMs,
    });
    this.lastCheckpoint = performance.now();
    this.emit({
      type: 'checkpoint',
      checkpoint: {
        version: CHECKPOINT_VERSION,
        runId,
        experiment,
        file,
        weights,
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
    const records: Partial<Record<Role, EpochRecord[]>> = {};
    for (const { result } of this.scores.tested) records[result.role] = [...result.epochs];
    for (const part of this.training) records[part.role] = [...part.records];
    const gains = this.finished.flatMap((s) => (s.gain ? [s.gain] : []));
    const result: RunResult = {
      version: 1,
      status,
      experiment,
      backend,
      startedAt: this.startedAt,
      elapsedMs: this.elapsedMs,
      dataset: this.datasetSummary,
      seeds: this.finished,
      unfinished: status === 'finished' || this.parts.length === 0 ? null : { seed: this.seed, records },
      gain: gains.length > 0 ? gainSummary(gains) : null,
      comparison: compareModels([
        ...this.finished.map(testedOf),
        ...(status === 'finished' || this.scores.tested.length === 0 ? [] : [this.scores.tested]),
      ]),
      notes: distinctNotes([...(this.datasetSummary?.notes ?? []), ...this.notes]),
      error,
    };
    this.result = result;
    this.emit(error ? { type: 'run-failed', error, result } : { type: 'run-finished', result });
    this.table?.dispose();
    return {
      result,
      inspection: this.parts.length > 0 ? this.inspection : null,
      exportWeights: (role) => exportWeights(this, role),
      dispose: () => {
        this.disposeParts();
        this.table?.dispose();
      },
    };
  }

  private get elapsedMs(): number {
    const before = (this.o.resume?.state as SessionState | undefined)?.elapsedMs ?? 0;
    return before + performance.now() - this.started;
  }

  /** Says it now, and again in the result, whether that is made or not. */
  note(role: Role, note: Note): void {
    this.notes.push(note);
    this.result?.notes.push(note);
    this.emit({ type: 'note', role, note });
  }

  private modelStep(): number {
    return (this.training.find((p) => p.role !== 'baseline') ?? this.training[0])?.step ?? 0;
  }

  private disposeParts(): void {
    for (const part of this.parts) part.dispose();
    this.parts = [];
    this.training = [];
    this.scores = this.createScores();
  }

  emit(event: EventBody, step = this.modelStep()): void {
    this.o.emit({ runId: this.o.runId, step, ...event } as RunEvent);
  }
}
