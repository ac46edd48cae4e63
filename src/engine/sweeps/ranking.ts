// Which cell of a sweep is better, by what the model came to on the validation split.
import type { CellResult } from './aggregate.ts';

/**
 * Mean over seeds of the validation score at the best epoch (the mean of the primary metrics, higher is better).
 * @returns null while seeds are missing; minus infinity where a run failed or has no score, for it ranks last
 */
export function validationScore(results: readonly CellResult[], seeds: readonly number[]): number | null {
  const scores = new Map<number, number>();
  for (const { result } of results) {
    if (result.status === 'failed') scores.set(result.unfinished?.seed ?? result.experiment.seed, Number.NaN);
    for (const { seed, model } of result.seeds) {
      // The tasks of a multitask network share an epoch; networks of single tasks have one each, and the mean of theirs is taken.
      const own = model.bestEpochs.map((epoch) => model.epochs.find((e) => e.epoch === epoch)?.score);
      const sum = own.reduce<number>((total, score) => total + (score ?? Number.NaN), 0);
      scores.set(seed, sum / own.length);
    }
  }
  const own = seeds.map((seed) => scores.get(seed));
  if (own.some((score) => score === undefined)) return null;
  const mean = (own as number[]).reduce((total, score) => total + score, 0) / own.length;
  return Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean;
}
