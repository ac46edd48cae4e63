// Notes the tasks that a tested network predicts worse than one without features would: the mean of their labels, or any order of
// the rows. A gain relative to such a network means nothing.
import type { Note } from '../core/notes.ts';
import type { NetworkResult } from '../protocol/result.ts';

type Tested = Pick<NetworkResult, 'label' | 'test'>;

/** @returns a note if the explained variance on the test rows is below zero for a task, else null */
export function worseThanMean({ label, test }: Tested): Note | null {
  const worse = below(test, 'explained-variance', 0);
  if (worse.length === 0) return null;
  return {
    code: 'worse-than-mean',
    text:
      `${label} predicts worse than the mean of the task would, by the explained variance of the test rows: ` +
      `${worse.join(', ')}. Lower the learning rate, or look for labels that the features say nothing about.`,
  };
}

/** @returns a note where the AUROC of the test rows is below a half for a task, else null */
export function worseThanChance({ label, test }: Tested): Note | null {
  const worse = below(test, 'auroc', 0.5);
  if (worse.length === 0) return null;
  return {
    code: 'worse-than-chance',
    text:
      `${label} ranks the test rows worse than chance would, by an AUROC below 0.5: ${worse.join(', ')}. ` +
      `A gain in % of such a number says nothing. Train longer, test on more rows, or look for labels that the features say nothing about.`,
  };
}

/** A network that predicts one value scores 0 up to rounding. */
const ROUNDING = 1e-9;

/** Tasks of which a metric is below a bound, each with its value. */
const below = (test: Tested['test'], metric: string, bound: number): string[] =>
  test.flatMap(({ task, metrics }) => {
    const value = metrics[metric]?.value ?? Number.NaN;
    return value < bound - ROUNDING ? [`${task} (${value.toPrecision(3)})`] : [];
  });
