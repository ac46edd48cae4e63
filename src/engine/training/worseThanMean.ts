// Notes the tasks that a tested network predicts worse than the mean of their labels would.
import type { Note } from '../core/notes.ts';
import type { NetworkResult } from '../protocol/result.ts';

/** @returns a note if the explained variance on the test rows is below zero for a task, else null */
export function worseThanMean({ label, test }: Pick<NetworkResult, 'label' | 'test'>): Note | null {
  const worse = test.flatMap(({ task, metrics }) => {
    const value = metrics['explained-variance']?.value ?? Number.NaN;
    return value < 0 ? [`${task} (${value.toPrecision(3)})`] : [];
  });
  if (worse.length === 0) return null;
  return {
    code: 'worse-than-mean',
    text:
      `${label} predicts worse than the mean of the task would, by the explained variance of the test rows: ` +
      `${worse.join(', ')}. Lower the learning rate, or look for labels that the features say nothing about.`,
  };
}
