// Types of the multitask gain; the computation follows below.
export interface TaskGain {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  model: number;
  baseline: number;
  /** Percent, positive is better; NaN when undefined, `flag` then says why. */
  gain: number;
  /** model - baseline, signed so that positive is better. */
  difference: number;
  flag: 'baseline-near-zero' | 'undefined-metric' | null;
}

export interface GainReport {
  perTask: TaskGain[];
  /** Mean percent over tasks that have one; NaN when none has. */
  mean: number;
  /** Number of tasks left out of the mean. */
  leftOut: number;
}
