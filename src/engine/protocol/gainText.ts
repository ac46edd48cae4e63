// What stands in the place of a percentage that means nothing, in one wording for the page and the command line.
import type { GainFlag, GainPart, TaskGain } from './gain.ts';
import type { ComparedModel } from './result.ts';

/** Of what the percentages are. */
export type GainReference = 'baseline' | 'twin';

/** What the reference of a percentage is, in the place of the percentage. */
export const FLAG_TEXTS: Record<GainFlag, string> = {
  'undefined-metric': 'undefined',
  'baseline-near-zero': 'near zero',
  'baseline-below-zero': 'below zero',
};

/** Beside a number that stands in the place of a percentage. */
export const DIFFERENCE_TEXT = 'absolute difference';

/** Whether there is no percentage, but a difference in the unit of the metric. */
export const isDifference = (flag: TaskGain['flag']): boolean => flag !== null && flag !== 'undefined-metric';

/** The sentence below a table, or beside a chart, with such tasks. */
export const differencesTitle = (reference: GainReference): string =>
  `${reference === 'twin' ? 'Twin' : 'Baseline'} near or below zero:`;

/** @param isWhole - in every seed, and not only in some */
export const differencesRemark = (isWhole: boolean): string =>
  `a percentage of it means nothing: the absolute difference is shown, and the mean ${isWhole ? 'leaves it out' : 'of a seed where that is so leaves it out'}`;

/** A gain of one task over the seeds, or a part of one. */
export interface ShownGain {
  /** Percent; NaN if `flag` says why there is none in some seed. */
  percent: number;
  /** In the unit of the metric, positive is better. */
  difference: number;
  flag: TaskGain['flag'];
  /** There is no percentage in any seed. */
  isWhole: boolean;
}

/**
 * The gain of one task over the seeds, or a part of it. A percentage of some of the seeds is not shown as that of all.
 * @returns null if the network has none
 */
export function shownGain(model: ComparedModel, task: number, part: GainPart): ShownGain | null {
  const { gain, decomposition, against } = model;
  const own = part === 'total' ? gain?.perTask[task] : decomposition?.perTask[task];
  if (!own) return null;
  const { flag } = own;
  const percent = part === 'total' ? gain?.perTask[task] : decomposition?.perTask[task]?.percent[part];
  const difference =
    part === 'total'
      ? against.find(({ role }) => role === 'baseline')?.perTask[task]
      : decomposition?.perTask[task]?.difference[part];
  return {
    percent: flag === null ? (percent?.mean ?? Number.NaN) : Number.NaN,
    difference: difference?.mean ?? Number.NaN,
    flag,
    isWhole: flag !== null && Number.isNaN(percent?.mean ?? Number.NaN),
  };
}
