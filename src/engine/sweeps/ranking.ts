// Ranks the cells of a sweep by the model's validation score.
import type { NetworkResult } from '../protocol/result.ts';
import { type CellResult, failedSeedOf } from './aggregate.ts';
import type { RankOf } from './halving.ts';

/**
 * Score of the model for one seed: the mean of the primary metrics on the validation split at the best epoch, higher is better.
 * Tasks of a multitask network share an epoch; single-task networks have one each.
 * @returns NaN if it has no score
 */
export function validationScore({
  bestEpochs,
  epochs,
}: Pick<NetworkResult, 'bestEpochs' | 'epochs'>): number {
  const own = bestEpochs.map((epoch) => epochs.find((e) => e.epoch === epoch)?.score ?? Number.NaN);
  return own.reduce((total, score) => total + score, 0) / own.length;
}

/**
 * Mean over seeds.
 * @param scores - by seed; NaN if a run failed or has no score
 * @returns null while seeds are missing; minus infinity if a score is NaN, so that the cell ranks last
 */
export function rankOfScores(scores: ReadonlyMap<number, number>, seeds: readonly number[]): number | null {
  const own = seeds.map((seed) => scores.get(seed));
  if (own.some((score) => score === undefined)) return null;
  const mean = (own as number[]).reduce((total, score) => total + score, 0) / own.length;
  return Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean;
}

/** Ranks cells by results, which are scanned once. */
export function rankIn(results: readonly CellResult[], seeds: readonly number[]): RankOf {
  const scores = new Map<string, Map<number, number>>();
  for (const { cell, result } of results) {
    const own = scores.get(cell) ?? new Map<number, number>();
    scores.set(cell, own);
    if (result.status === 'failed') own.set(failedSeedOf(result), Number.NaN);
    for (const { seed, model } of result.seeds) own.set(seed, validationScore(model));
  }
  return (cell) => rankOfScores(scores.get(cell) ?? new Map(), seeds);
}
