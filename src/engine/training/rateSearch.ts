// The search for a network's learning rate: before training, the network is trained from the same seed, on the same batches and
// for as many epochs at several rates; the rate with the best validation epoch is kept for all seeds of the run. The test split
// is never measured here. Trees are excluded: their shrinkage is a setting.
import { WorkbenchError } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import { isTwin, ownerOf } from '../core/roles.ts';
import { batchBounds, batchOrder } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import type { NetworkInfo, RateTrial } from '../protocol/result.ts';
import { isBetter } from './bestEpoch.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { PlannedNetwork } from './plan.ts';
import { TensorBatch } from './tensorBatch.ts';

/** Factors on the network's own rate; among equally good rates the first is kept. */
const FACTORS: Record<string, readonly number[]> = {
  off: [],
  three: [1, 1 / 3, 3],
  five: [1, 1 / 3, 3, 1 / 9, 9],
};

/** A network with its training settings. */
export interface SearchedNetwork {
  network: PlannedNetwork;
  info: NetworkInfo;
}

interface Where {
  roles: Role[];
  epoch: number;
  epochs: number;
}

/** What the search needs from its session. */
export interface SearchHost {
  dataset: Dataset;
  seed: number;
  batchSize: number;
  /** Creates a network; the search disposes it. */
  create(planned: SearchedNetwork): NetworkInTraining;
  /** Compiles the network's kernels, once for all its trials. */
  prepare(network: NetworkInTraining): Promise<void>;
  /** Awaited before each step: pauses, and throws if a stop is requested. */
  gate(tell: (force: boolean) => void): Promise<void>;
  /** Lets messages in within a step; does not throw. */
  yieldToMessages(): Promise<void>;
  /** Awaited between batches of an evaluation; throws if a stop is requested. */
  yieldOrStop(): Promise<void>;
  addStep(rows: number): void;
  /** Reports the progress of the search. */
  tell(where: Where, force: boolean): void;
  /** Awaited after each trial, which is then in `trials`. */
  trialDone(): Promise<void>;
  note(role: Role, note: Note): void;
}

/** The learning rates of all networks of a run: searched in its first seed, stored in checkpoints. */
export class RateSearch {
  private readonly factors: readonly number[];
  /** Trials that have finished. */
  readonly trials: Partial<Record<Role, RateTrial[]>>;

  /** @param trials - from a checkpoint; an interrupted trial is not among them, and is repeated from its start */
  constructor(choice: string, trials: Partial<Record<Role, RateTrial[]>> = {}) {
    this.factors = FACTORS[choice] ?? [];
    this.trials = structuredClone(trials);
  }

  /** Maximum number of steps in the search for these networks. */
  stepsOf(networks: readonly { info: NetworkInfo }[]): number {
    return this.sum(networks, () => this.factors.length);
  }

  /** Number of steps in the finished trials of these networks. */
  doneStepsOf(networks: readonly { info: NetworkInfo }[]): number {
    return this.sum(networks, ({ role }) => this.trials[role]?.length ?? 0);
  }

  private sum(networks: readonly { info: NetworkInfo }[], trials: (info: NetworkInfo) => number): number {
    return networks.reduce(
      (sum, { info }) =>
        sum + (info.boosted || isTwin(info.role) ? 0 : trials(info) * info.stepsPerEpoch * info.epochs),
      0,
    );
  }

  /** Runs the missing trials, one network after another. */
  async run(networks: readonly SearchedNetwork[], host: SearchHost): Promise<void> {
    for (const { network, info } of networks) {
      const { role, label, trainedWith } = info;
      // A twin has the settings of its model, the rate included.
      if (isTwin(role)) continue;
      const tried = this.trials[role] ?? [];
      const left = this.factors.slice(tried.length);
      if (left.length === 0) continue;
      if (!trainedWith) {
        const text = `${label} takes no part in the rate search: its learning rate is a setting of its own, and stays.`;
        host.note(role, { code: 'rate-search-without-trees', text });
        continue;
      }
      this.trials[role] = tried;
      for (const factor of left) {
        const learningRate = factor * trainedWith.learningRate;
        const trial = { ...info, trainedWith: { ...trainedWith, learningRate } };
        tried.push({ learningRate, ...(await outcomeOf(host.create({ network, info: trial }), host)) });
        await host.trialDone();
      }
    }
  }

  /** The network's plan with the rate found by the search. */
  chosen(info: NetworkInfo): NetworkInfo {
    const rates = this.trials[ownerOf(info.role)] ?? [];
    if (!info.trainedWith || rates.length === 0) return info;
    const learningRate = bestRate(rates) ?? info.trainedWith.learningRate;
    return { ...info, trainedWith: { ...info.trainedWith, learningRate, rates } };
  }
}

/** Null if no trial finished. */
export function bestRate(trials: readonly RateTrial[]): number | null {
  const [first, ...others] = trials.filter((t) => t.failure === null);
  if (!first) return null;
  return others.reduce((best, next) => (isBetter(next, best) ? next : best), first).learningRate;
}

/** Trains and disposes a network. A number that is not finite ends the trial, not the run. */
async function outcomeOf(
  network: NetworkInTraining,
  host: SearchHost,
): Promise<Omit<RateTrial, 'learningRate'>> {
  try {
    await train(network, host);
    return { ...network.bestMeasure(), failure: null };
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.kind !== 'numeric') throw error;
    return { score: Number.NaN, loss: Number.NaN, failure: error.message };
  } finally {
    network.dispose();
  }
}

/** The same batches and epochs as in the network's training. */
async function train(network: NetworkInTraining, host: SearchHost): Promise<void> {
  const { dataset, seed } = host;
  const { epochs } = network.info;
  await host.prepare(network);
  const bounds = batchBounds(dataset.split.train.length, host.batchSize);
  // A trial may end before its first periodic report.
  host.tell({ roles: [network.role], epoch: 1, epochs }, true);
  for (let epoch = 1; epoch <= epochs && !network.stopped; epoch++) {
    const tell = (force: boolean) => host.tell({ roles: [network.role], epoch, epochs }, force);
    const order = batchOrder(seed, epoch, dataset.split.train);
    for (let b = 0; b + 1 < bounds.length; b++) {
      await host.gate(tell);
      const [from = 0, to = 0] = bounds.slice(b, b + 2);
      const batch = new TensorBatch(dataset, { order, from, to });
      try {
        await network.trainStep(batch, epoch, host.yieldToMessages);
        await host.yieldToMessages();
      } finally {
        batch.dispose();
      }
      host.addStep(to - from);
      tell(false);
    }
    await network.drainPendingSteps();
    await network.finishEpoch(epoch, host.yieldOrStop);
  }
}
