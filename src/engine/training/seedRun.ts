// One seed of a run: its networks stage by stage, after a search for their learning rates where one is wanted.

import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { KeptNetworks } from '../protocol/keptNetworks.ts';
import type { NetworkInfo, SeedResult } from '../protocol/result.ts';
import { stateDict } from '../weights/stateDict.ts';
import {
  type Position,
  requireStages,
  restoreNetworks,
  saveNetworks,
  sessionStateOf,
} from './checkpoints.ts';
import type { Tested } from './comparison.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import { describeNetwork, networksOf, stagesOf } from './plan.ts';
import { largestValue } from './predictionFault.ts';
import type { SearchedNetwork } from './rateSearch.ts';
import type { RunContext } from './runContext.ts';
import { SeedProgress } from './seedProgress.ts';
import { SeedScores } from './seedScores.ts';
import { type StageHost, StageRun } from './stageRun.ts';
import { worseThanChance, worseThanMean } from './worseThanMean.ts';

type Planned = SearchedNetwork & { workPerStep: number };

export class SeedRun implements StageHost {
  readonly seed: number;
  readonly seedIndex: number;
  readonly scores: SeedScores;
  readonly progress: SeedProgress;
  /** Existing networks: those in training, and finished ones, which can still be probed. */
  readonly networks: NetworkInTraining[] = [];
  /** Everything this seed trains, in order. */
  infos: NetworkInfo[];
  /** Position of the next step; in the following stage once a stage has been tested. */
  position: Position;
  private readonly run: RunContext;
  private readonly planned: readonly (readonly Planned[])[];
  private readonly checkpoint: Checkpoint | undefined;
  /** Null before and during the rate search. */
  private stage: StageRun | null = null;
  private stageIndex = 0;

  /** @param checkpoint - of this seed */
  constructor(run: RunContext, seedIndex: number, checkpoint?: Checkpoint) {
    const { settings, dataset, seeds } = run;
    this.run = run;
    this.seedIndex = seedIndex;
    this.seed = seeds[seedIndex] as number;
    this.checkpoint = checkpoint;
    const stored = sessionStateOf(checkpoint);
    const { tested, stage = 0, epoch = 1, batch = 0 } = stored ?? {};
    this.position = { stage, epoch, batch };
    this.scores = new SeedScores(settings, () => this.inTraining, tested);
    const networks = networksOf(run.experiment);
    // Given weights are measured, not trained: the model takes no batches beside the baseline.
    const stages = run.given ? networks.map((n) => [n]) : stagesOf(networks);
    const roles = stages.map((own) => own.map((network) => network.role));
    if (stored) requireStages(stored, roles, dataset.tasks.length);
    this.planned = stages.map((own, index) =>
      own.map((network) => ({
        network,
        ...describeNetwork(network, index, dataset, settings, dataset.split.train.length),
      })),
    );
    this.infos = this.planned.flat().map((p) => run.rates.chosen(p.info));
    this.progress = new SeedProgress({
      seed: this.seed,
      seedIndex,
      seedCount: seeds.length,
      stages: this.planned.map((own) => this.loadOf(own)),
      emit: (event) => run.emit(event),
    });
  }

  /** The networks in training, or those just tested. */
  get inTraining(): readonly NetworkInTraining[] {
    return this.stage?.networks ?? [];
  }

  get epoch(): number {
    return this.stage?.epoch ?? 0;
  }

  get stages(): number {
    return this.planned.length;
  }

  /** Steps taken by the network in training that is not a baseline; by the baseline if it trains alone. */
  get step(): number {
    const { inTraining } = this;
    return (inTraining.find((n) => n.role !== 'baseline') ?? inTraining[0])?.step ?? 0;
  }

  /** @param announce - called when a network has been tested */
  async train(announce: (tested: Tested) => void): Promise<SeedResult> {
    const { run, seed, seedIndex, infos } = this;
    const model = infos.find((info) => info.role === 'model') as NetworkInfo;
    const { stepsPerEpoch, epochs } = model;
    run.emit({
      type: 'seed-started',
      seed,
      seedIndex,
      parts: structuredClone(infos),
      stepsPerEpoch,
      epochs,
    });
    for (const tested of this.scores.tested) {
      const { role, epochs: records } = tested.result;
      for (const record of records) run.emit({ type: 'epoch', role, seed, record });
      announce(tested);
    }
    for (let stage = this.position.stage; stage < this.planned.length; stage++)
      await this.trainStage(stage, announce);
    const result = this.scores.seedResult(seed);
    run.emit({ type: 'seed-finished', result });
    return result;
  }

  moveTo(epoch: number, batch: number): string {
    this.position = { ...this.position, epoch, batch };
    return `${this.seedIndex}/${this.position.stage}/${epoch}/${batch}`;
  }

  async drainPendingSteps(): Promise<void> {
    await this.stage?.drainPendingSteps();
  }

  /** Sends the collected events of the stage in training. */
  flush(): void {
    this.stage?.flush();
  }

  /** For a checkpoint: the networks of the stage that the next step belongs to. */
  saveNetworks(): ReturnType<typeof saveNetworks> {
    const isTested = this.position.stage > this.stageIndex;
    return saveNetworks(isTested ? [] : this.inTraining);
  }

  /** All networks of the seed in their current state, for opening them again. */
  async keepNetworks(): Promise<Pick<KeptNetworks, 'tensors' | 'networks'>> {
    const tensors: Record<string, Float32Array> = {};
    const networks: KeptNetworks['networks'] = [];
    for (const network of this.networks) {
      const saved = await network.saveValues();
      Object.assign(tensors, saved.tensors);
      networks.push({ role: network.role, info: structuredClone(network.info), state: saved.state });
    }
    return { tensors, networks };
  }

  /** Frees what only training needs, after a stage was interrupted. */
  release(): void {
    this.stage?.release();
  }

  dispose(): void {
    for (const network of this.networks) network.dispose();
  }

  private async trainStage(index: number, announce: (tested: Tested) => void): Promise<void> {
    const { run, progress } = this;
    const planned = this.planned[index] ?? [];
    this.stage = null;
    this.stageIndex = index;
    this.position = { stage: index, epoch: 1, batch: 0 };
    await this.searchRates(index, planned);
    const networks = planned.map(({ network, info }) =>
      run.networks.create(network, run.rates.chosen(info), this.seed),
    );
    this.networks.push(...networks);
    this.stage = new StageRun(run, this, networks);
    const from = this.restore(index, networks);
    this.position = { stage: index, ...from };
    const doneSteps = networks.reduce((sum, n) => sum + n.step, 0);
    progress.beginStage(index, this.searchSteps(planned) + doneSteps);
    if (await this.loadWeights(networks)) await this.stage.validate(0);
    else {
      await run.preparation.prepareSteps(networks);
      await this.stage.train(from);
    }
    for (const tested of this.scores.add(await this.stage.test())) {
      for (const worse of [worseThanMean, worseThanChance]) {
        const note = worse(tested.result);
        if (note) run.note(tested.result.role, note);
      }
      announce(tested);
    }
    // After this line, a stop finds the results of the stage complete.
    this.position = { stage: index + 1, epoch: 1, batch: 0 };
    await run.inspection.answer();
    this.stage.release();
  }

  /** @returns epoch and batch to begin with */
  private restore(stage: number, networks: readonly NetworkInTraining[]): Omit<Position, 'stage'> {
    const { checkpoint, run, seed } = this;
    const state = sessionStateOf(checkpoint);
    if (!checkpoint || state?.stage !== stage || !restoreNetworks(networks, checkpoint))
      return { epoch: 1, batch: 0 };
    for (const { role, records } of networks)
      for (const record of records) run.emit({ type: 'epoch', role, seed, record });
    return { epoch: state.epoch, batch: state.batch };
  }

  /** @returns whether the stage holds the model and its weights were given */
  private async loadWeights(networks: readonly NetworkInTraining[]): Promise<boolean> {
    const { given, experiment, dataset } = this.run;
    const model = networks.find((n) => n.role === 'model');
    const network = networksOf(experiment).find(({ role }) => role === 'model');
    if (!given || !model?.model || !network) return false;
    const notes = [...given.putInto(model.model, network, dataset), ...given.notesOn(dataset, experiment)];
    const { name: fileName, tensors } = given;
    model.measureGiven({ fileName, ...largestValue(await stateDict(model.model)) });
    this.run.emit({ type: 'weights-read', role: model.role, fileName, tensors, notes });
    this.run.keepNotes(notes);
    return true;
  }

  /** Runs before any network of the stage begins. */
  private async searchRates(stage: number, planned: readonly Planned[]): Promise<void> {
    const { run, progress } = this;
    const { rates, preparation, turns, settings } = run;
    const seed = settings.rateSearchSeed < 0 ? this.seed : settings.rateSearchSeed;
    // Given weights are not trained, so no learning rate is searched.
    const searched = planned.filter(({ info }) => !run.given || info.role !== 'model');
    progress.beginStage(stage, rates.doneStepsOf(searched));
    await rates.run(searched, {
      dataset: run.dataset,
      seed,
      batchSize: run.settings.batchSize,
      create: ({ network, info }) => run.networks.create(network, info, seed),
      prepare: async (network) => {
        await preparation.prepareSteps([network]);
        await preparation.prepareEvaluation([network]);
      },
      gate: (tell) => run.pass(this.moveTo(1, 0), () => tell(true)),
      yieldToMessages: turns.yieldToMessages,
      yieldOrStop: turns.yieldOrStop,
      addStep: (rows) => progress.addStep(rows),
      tell: (where, force) => progress.tell({ phase: 'searching-rate', ...where }, force),
      trialDone: () => run.maybeCheckpoint(),
      note: (role, note) => run.note(role, note),
    });
    this.infos = this.infos.map((info) => rates.chosen(info));
  }

  /** Steps of the rate search, which later seeds do not repeat. */
  private searchSteps(networks: readonly { info: NetworkInfo }[]): number {
    return this.seedIndex > 0 ? 0 : this.run.rates.stepsOf(networks);
  }

  private loadOf(planned: readonly Planned[]) {
    const onceSteps = this.searchSteps(planned);
    return {
      steps: onceSteps + planned.reduce((sum, { info }) => sum + info.stepsPerEpoch * info.epochs, 0),
      onceSteps,
      workPerStep: planned.reduce((sum, { workPerStep }) => sum + workPerStep, 0) / planned.length,
      kind: planned.every(({ info }) => info.boosted) ? ('round' as const) : ('step' as const),
    };
  }
}
