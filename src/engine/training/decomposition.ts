// The parts of a gain: total = architecture (single-task twin against baseline) + sharing (model against its twin). Exact in
// the unit of the metric; in percent all three are relative to |baseline|, so that they add up too. Without a baseline, only
// sharing is known, in percent of |twin|.

import { estimate } from '../core/interval.ts';
import type {
  Decomposition,
  DecompositionSummary,
  GainPart,
  GainParts,
  TaskDecomposition,
} from '../protocol/gain.ts';
import type { TaskScore } from '../protocol/result.ts';
import { gainFlag, gainPercent, meanOfDefined, valuesOf } from './gain.ts';

const eachPart = <T>(of: (part: GainPart) => T): GainParts<T> => ({
  total: of('total'),
  architecture: of('architecture'),
  sharing: of('sharing'),
});

/**
 * @param twin - scores of the same tasks, in the same order
 * @param baseline - likewise; null if none was trained
 */
export function decompose(
  model: readonly TaskScore[],
  twin: readonly TaskScore[],
  baseline: readonly TaskScore[] | null,
): Decomposition {
  const perTask = model.map((score, i): TaskDecomposition => {
    const { metric, higherIsBetter, values } = valuesOf(score, [model[i], twin[i], baseline?.[i]]);
    const [m, t, b] = values as [number, number, number];
    const reference = baseline ? b : t;
    const pairs: GainParts<[number, number]> = { total: [m, b], architecture: [t, b], sharing: [m, t] };
    const difference = eachPart((part) => {
      const [to, from] = pairs[part];
      return higherIsBetter ? to - from : from - to;
    });
    const flag = gainFlag([m, t], reference);
    const percent = eachPart((part) =>
      flag === null ? gainPercent(...pairs[part], higherIsBetter, reference) : Number.NaN,
    );
    const { task } = score;
    return { task, metric, higherIsBetter, model: m, twin: t, baseline: b, difference, percent, flag };
  });
  return {
    reference: baseline ? 'baseline' : 'twin',
    perTask,
    mean: eachPart((part) => meanOfDefined(perTask.map((t) => t.percent[part]))),
    leftOut: perTask.filter((t) => t.flag !== null).length,
  };
}

/** Mean and interval over seeds of each part; a seed in which a part is undefined is left out. Null without seeds. */
export function decompositionSummary(seeds: readonly Decomposition[]): DecompositionSummary | null {
  const [first] = seeds;
  if (!first) return null;
  return {
    reference: first.reference,
    perTask: first.perTask.map(({ task, metric, higherIsBetter }, i) => {
      const own = seeds.flatMap((seed) => seed.perTask[i] ?? []);
      return {
        task,
        metric,
        higherIsBetter,
        flag: own.find((t) => t.flag !== null)?.flag ?? null,
        difference: eachPart((part) => estimate(own.map((t) => t.difference[part]))),
        percent: eachPart((part) => estimate(own.map((t) => t.percent[part]))),
      };
    }),
    mean: eachPart((part) => estimate(seeds.map((seed) => seed.mean[part]))),
  };
}
