// A metric with or without a value; a missing value carries its reason wherever it is shown.
import type { MetricValue } from './task.ts';

export const defined = (value: number): MetricValue => ({ value });
export const undefinedBecause = (reason: string): MetricValue => ({ value: Number.NaN, reason });

export const NO_ROWS = 'there are no labelled rows in this split';
export const ONE_CLASS = 'only one class is present in this split';
