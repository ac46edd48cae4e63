// Which epoch (or round) is kept and tested, and when training stops early: one rule for networks and trees. Tasks that share a
// network form one group, and each group has its own best epoch.
import type { EpochRecord, SelectionRule } from '../protocol/result.ts';
import { higherIsBetter } from '../tasks/registry.ts';

/** The measures that rank epochs, on the validation split. */
export interface EpochMeasure {
  /** Mean of the group's primary metrics, signed so that higher is better; NaN if one of them is undefined. */
  score: number;
  /** Sum of the group's training losses. */
  loss: number;
}

/** A primary metric that is undefined. */
export interface UndefinedMetric {
  task: string;
  metric: string;
  reason: string;
}

/**
 * @param group - indices of its tasks
 * @param epoch - its measurements on the validation split
 */
export function measureEpoch(
  group: readonly number[],
  { validation, validationLosses }: Pick<EpochRecord, 'validation' | 'validationLosses'>,
): EpochMeasure & { undefinedMetrics: UndefinedMetric[] } {
  let [score, loss] = [0, 0];
  const undefinedMetrics: UndefinedMetric[] = [];
  for (const index of group) {
    const { task, primary, metrics } = validation[index] ?? { task: '', primary: '', metrics: {} };
    const { value, reason } = metrics[primary] ?? { value: Number.NaN, reason: 'it was not measured' };
    if (Number.isNaN(value)) undefinedMetrics.push({ task, metric: primary, reason: reason ?? '' });
    score += Number.isNaN(value) || higherIsBetter(primary) ? value : -value;
    loss += validationLosses[index] ?? Number.NaN;
  }
  return { score: score / group.length, loss, undefinedMetrics };
}

/** The higher score wins; for equal or undefined scores, the lower loss. If both are equal, the earlier epoch stays. */
export function isBetter(epoch: EpochMeasure, best: EpochMeasure): boolean {
  const areDefined = !Number.isNaN(epoch.score) && !Number.isNaN(best.score);
  if (areDefined && epoch.score !== best.score) return epoch.score > best.score;
  return epoch.loss < best.loss;
}

/** The part of a checkpoint about the best epoch. */
export interface BestEpochState {
  best: EpochMeasure;
  /** 0 before the first epoch. */
  bestEpoch: number;
  bestStep: number;
  /** Epochs since the best one. */
  waited: number;
  stopped: boolean;
}

/** Follows the epochs of one group. Patience 0 never stops. */
export class BestEpoch {
  state: BestEpochState = {
    best: { score: Number.NaN, loss: Number.POSITIVE_INFINITY },
    bestEpoch: 0,
    bestStep: 0,
    waited: 0,
    stopped: false,
  };
  private readonly patience: number;

  constructor(patience: number) {
    this.patience = patience;
  }

  /**
   * An epoch that improves only the loss also restarts the patience: training still improves.
   * @returns true if this epoch is the best so far
   */
  update({ score, loss }: EpochMeasure, epoch: number, step: number): boolean {
    if (this.state.bestEpoch === 0 || isBetter({ score, loss }, this.state.best)) {
      this.state = { best: { score, loss }, bestEpoch: epoch, bestStep: step, waited: 0, stopped: false };
      return true;
    }
    const waited = this.state.waited + 1;
    this.state = { ...this.state, waited, stopped: this.patience > 0 && waited >= this.patience };
    return false;
  }

  get rule(): SelectionRule {
    return Number.isNaN(this.state.best.score) ? 'loss' : 'metric-then-loss';
  }
}

/** Epochs since the best one of a single task. */
export function waited(records: readonly EpochRecord[], task: number): number {
  let at = 0;
  let best: EpochMeasure | null = null;
  records.forEach((record, i) => {
    const measure = measureEpoch([task], record);
    if (best && !isBetter(measure, best)) return;
    best = measure;
    at = i;
  });
  return records.length - 1 - at;
}
