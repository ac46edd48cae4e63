// One stage of a seed: networks that train side by side on the same batches, epoch by epoch, and are tested at the end.
import { batchBounds, batchOrder } from '../data/batches.ts';
import type { NetworkResult } from '../protocol/result.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { RunContext } from './runContext.ts';
import type { SeedProgress } from './seedProgress.ts';
import type { SeedScores } from './seedScores.ts';
import { StepTrace } from './stepTrace.ts';
import { type BatchRange, TensorBatch } from './tensorBatch.ts';

/** The limit of the setting. */
const MAX_WEIGHT = 1000;

/** The seed that a stage belongs to. */
export interface StageHost {
  readonly seed: number;
  readonly scores: SeedScores;
  readonly progress: SeedProgress;
  /** Records the position of the next step, for checkpoints. @returns a name of the position, unique within the run */
  moveTo(epoch: number, batch: number): string;
}

export class StageRun {
  readonly networks: readonly NetworkInTraining[];
  /** The current epoch; 0 before the first. */
  epoch = 0;
  private readonly run: RunContext;
  private readonly host: StageHost;
  private readonly trace: StepTrace;

  constructor(run: RunContext, host: StageHost, networks: readonly NetworkInTraining[]) {
    this.run = run;
    this.host = host;
    this.networks = networks;
    this.trace = new StepTrace(networks.map((n) => n.role));
  }

  /** @param from - epoch and batch to begin with */
  async train(from: { epoch: number; batch: number }): Promise<void> {
    const { run, host } = this;
    const { train } = run.dataset.split;
    const { stepsPerEpoch, epochs } = (this.networks[0] as NetworkInTraining).info;
    const byBatch = this.networks.some((n) => n.model !== null);
    const bounds = byBatch ? batchBounds(train.length, run.settings.batchSize) : null;
    for (let epoch = from.epoch; epoch <= epochs; epoch++) {
      this.epoch = epoch;
      const order = byBatch ? batchOrder(host.seed, epoch, train) : null;
      for (let b = epoch === from.epoch ? from.batch : 0; b < stepsPerEpoch; b++) {
        await run.pass(host.moveTo(epoch, b), () => this.flush());
        await this.takeWeights();
        await this.trainBatch(
          order && bounds ? { order, from: bounds[b] as number, to: bounds[b + 1] as number } : null,
        );
        this.tell('training', false);
        await this.maybeAnswer();
        host.moveTo(epoch, b + 1);
        await run.maybeCheckpoint();
      }
      await this.drainPendingSteps();
      this.tell('validating', byBatch);
      await this.validate(epoch);
      // Answers what was asked while the epoch was measured: there may be no later step.
      const due = run.inspection.dueAfterEpoch();
      if (due.length > 0) await run.inspection.answer(due);
      if (this.networks.every((n) => n.stopped)) break;
    }
    this.tell('testing', true);
  }

  /** Waits for launched steps. If one network has a fault, the steps of the others are recorded before it is thrown. */
  async drainPendingSteps(): Promise<void> {
    const faults: unknown[] = [];
    for (const network of this.networks) {
      try {
        await network.drainPendingSteps((report) => this.trace.add(network.role, report));
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw faults[0];
  }

  /** Sends collected events. */
  flush(): void {
    this.tell('training', true);
  }

  /** Measures the validation split. @param epoch - 0 for given weights, which are not trained */
  async validate(epoch: number): Promise<void> {
    const { run, networks } = this;
    const { seed, scores } = this.host;
    await run.preparation.prepareEvaluation(networks);
    for (const network of networks) {
      // After a resume, some networks have been measured already.
      if (network.stopped || network.records.some((r) => r.epoch === epoch)) continue;
      const record = await network.finishEpoch(epoch, run.turns.yieldOrStop);
      run.emit({ type: 'epoch', role: network.role, seed, record });
      const paused = await network.pauseStaleTasks();
      if (paused)
        run.note(network.role, {
          code: 'task-paused',
          text: `${network.info.label}, seed ${seed}: after epoch ${epoch} the loss of ${paused.names.join(', ')} has weight 0, because nothing became better for ${run.settings.taskPatience} epochs.`,
          taskWeights: { role: network.role, seed, weights: paused.weights },
        });
    }
    for (const network of networks) {
      const { gain, decomposition } = scores.compare(network.info, 'validation');
      if (gain || decomposition) run.emit({ type: 'gain', role: network.role, seed, gain, decomposition });
    }
  }

  /** Restores the best values and measures the test split. */
  async test(): Promise<NetworkResult[]> {
    const results: NetworkResult[] = [];
    for (const network of this.networks) results.push(await network.finish(this.run.turns.yieldOrStop));
    return results;
  }

  /** Frees what only training needs. */
  release(): void {
    for (const network of this.networks) network.release();
  }

  /** @param range - rows of the batch; null for networks that read the whole training split */
  private async trainBatch(range: BatchRange | null): Promise<void> {
    const { dataset, turns } = this.run;
    const batch = range && new TensorBatch(dataset, range);
    const rows = batch?.size ?? dataset.split.train.length;
    try {
      for (const network of this.networks) {
        if (network.stopped) continue;
        for (const report of await network.trainStep(batch, this.epoch, turns.yieldToMessages))
          this.trace.add(network.role, report);
        this.host.progress.addStep(rows);
        // The baseline can be much slower than the model, so messages are also read between the two.
        await turns.yieldNow();
      }
    } finally {
      batch?.dispose();
    }
  }

  /** Applies task weights set since the last step. */
  private async takeWeights(): Promise<void> {
    const { run, host } = this;
    const weights = run.control.takeTaskWeights();
    if (!weights) return;
    const { length } = run.dataset.tasks;
    const areWeights = weights.length === length && weights.every((w) => w >= 0 && w <= MAX_WEIGHT);
    if (!areWeights)
      return run.note('model', {
        code: 'task-weights',
        text: `Task weights: expected ${length} numbers from 0 to ${MAX_WEIGHT}, got ${weights.join(', ')}. Those of before stay.`,
      });
    await this.drainPendingSteps();
    const taken = this.networks.filter((network) => network.setTaskWeights(weights));
    for (const { role, info, step } of taken)
      run.note(role, {
        code: 'task-weights',
        text: `${info.label}, seed ${host.seed}: from step ${step + 1} on the task weights are ${weights.join(', ')}, set by hand. The settings alone do not repeat this run.`,
        taskWeights: { role, seed: host.seed, weights },
      });
    if (taken.length === 0)
      run.note('model', {
        code: 'task-weights',
        text: 'Task weights were set by hand, and no network in training has weights that can be: its method makes them, or it trains every task alone.',
      });
  }

  private async maybeAnswer(): Promise<void> {
    const { control, inspection } = this.run;
    if (control.waiting) return;
    const due = inspection.due();
    if (due.length === 0) return;
    await this.drainPendingSteps();
    await inspection.answer(due);
  }

  private tell(phase: 'training' | 'validating' | 'testing', force: boolean): void {
    const { run, host, epoch, networks } = this;
    for (const steps of this.trace.take(force)) run.emit({ type: 'steps', seed: host.seed, epoch, ...steps });
    const roles = networks.map((n) => n.role);
    const { epochs } = networks[0]?.info ?? run.settings;
    host.progress.tell({ phase, roles, epoch, epochs }, force);
  }
}
