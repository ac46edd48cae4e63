// The table every model trains on: plain typed arrays, one per column, already encoded. No tensors here.
import type { Note } from '../core/notes.ts';
import type { FittedTail } from './tails.ts';

export type TaskTypeId = 'regression' | 'binary' | 'multiclass';

export interface FeatureMeta {
  name: string;
  kind: 'numeric' | 'categorical';
  /** 1 for numeric; number of codes for categorical (code 0 is "missing or unseen" only when categories[0] says so). */
  cardinality: number;
  /** Names of the codes, categorical only. */
  categories?: string[];
}

export interface TaskMeta {
  /** Stable name, unique within the dataset; also the key of the task's tower in parameter names. */
  name: string;
  type: TaskTypeId;
  /** Width of the logits: 1 for regression and binary, the number of classes otherwise. */
  outputs: number;
  /** Names of the classes, binary and multiclass only (binary: [negative, positive]). */
  classes?: string[];
  /** Binary only: the class that metrics and logits are about, the second of `classes`. */
  positive?: string;
  /** What the label is, for captions: "degree 3", or the column it was read from. */
  description: string;
}

export interface Split {
  train: Uint32Array;
  validation: Uint32Array;
  test: Uint32Array;
}

/** Mean and standard deviation fitted on the training rows; `(value - mean - rest) / scale` is what is stored. */
export interface Standardisation {
  mean: number;
  /** What float64 rounding leaves out of `mean`; 0 when left out. Counts where the spread is that small beside the mean. */
  rest?: number;
  scale: number;
}

/** Relatedness of tasks; matrices are row-major T x T. */
export interface Relatedness {
  /** Cosine of the weight vectors; null for tables, where there are none. */
  requestedCosine: Float64Array | null;
  /** Smallest eigenvalue of the requested matrix. */
  smallestEigenvalue: number | null;
  /** Correlation of the labels implied by the generator; null where there is no closed form. */
  closedForm: Float64Array | null;
  /** Pearson correlation on the training rows that have both labels (codes of binary labels; rank of class for multiclass). NaN where a label is constant there. */
  realised: Float64Array;
}

/** How a numeric column is encoded. */
export interface FittedNumbers {
  kind: 'numeric';
  name: string;
  /** Identity where scaling is switched off. */
  scaling: Standardisation;
  /** Replaces a missing cell: the mean of the known training rows, 0 after standardising. In units of the column. */
  fill: number;
  /** What `fill` is; the mean when left out. */
  fillBy?: 'mean' | 'median';
  /** What its numbers are before they are scaled; `fill` and `scaling` are of those. */
  tail?: FittedTail;
}

/** How a categorical column is encoded. */
export interface FittedCategories {
  kind: 'categorical';
  name: string;
  /** Names of the codes: values of the column, then "other" and "missing" where they are needed. */
  names: string[];
  /** Code of values without a name of their own, -1 when every value has one. */
  other: number;
  /** Code of a missing cell, -1 when none was missing. */
  missing: number;
}

export type FittedFeature = FittedNumbers | FittedCategories;

/** How the labels of a task are encoded. */
export interface FittedTarget {
  name: string;
  type: TaskTypeId;
  /** Names of the codes, binary [negative, positive]; null for regression. */
  classes: string[] | null;
  /** Null for classification. */
  scaling: Standardisation | null;
}

/** Everything that encodes a table. */
export interface FittedTable {
  /** In token order. */
  features: FittedFeature[];
  targets: FittedTarget[];
}

export interface Dataset {
  name: string;
  rows: number;
  /** Categorical first, then numeric: the order of the tokens. */
  features: FeatureMeta[];
  /** One column of codes per categorical feature, in feature order. Length `rows`. */
  categorical: Int32Array[];
  /** One column of standardised values per numeric feature, in feature order. Length `rows`. */
  numeric: Float32Array[];
  /** Per numeric feature: 1 where the cell was missing and its value is the mean of the training rows; null where none was. */
  missing: (Uint8Array | null)[];
  /** Per numeric feature: the numbers before scaling where float32 cannot tell all of them apart, for trees; else null. */
  exact?: (Float64Array | null)[];
  tasks: TaskMeta[];
  /** Per task: standardised value, 0/1, or class index; NaN where the label is missing. Length `rows`. */
  targets: Float32Array[];
  split: Split;
  featureScaling: Standardisation[];
  /** Per task; null for classification, {mean: 0, scale: 1} when standardisation is off. */
  targetScaling: (Standardisation | null)[];
  relatedness: Relatedness;
  /** All that encodes rows as these were; left out by sources whose rows cannot be had again. */
  fitted?: FittedTable;
  /** What was done to the data that a user should know: dropped rows, imputed cells, merged categories. */
  notes: Note[];
}
