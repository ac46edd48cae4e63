// The encoded table that every model trains on: plain typed arrays, one per column. No tensors here.
import type { Note } from '../core/notes.ts';
import type { FittedTail } from './tails.ts';

export type TaskTypeId = 'regression' | 'binary' | 'multiclass';

export interface FeatureMeta {
  name: string;
  kind: 'numeric' | 'categorical';
  /** 1 for numeric; number of codes for categorical. Code 0 means "missing or unseen" only if categories[0] says so. */
  cardinality: number;
  /** Names of the codes; categorical only. */
  categories?: string[];
}

export interface TaskMeta {
  /** Stable name, unique within the dataset; also the key of the task's tower in parameter names. */
  name: string;
  type: TaskTypeId;
  /** Width of the logits: 1 for regression and binary, the number of classes otherwise. */
  outputs: number;
  /** Names of the classes; binary ([negative, positive]) and multiclass only. */
  classes?: string[];
  /** Binary only: the class that metrics and logits refer to, the second of `classes`. */
  positive?: string;
  /** Describes the label in captions: "degree 3", or the column it was read from. */
  description: string;
}

export interface Split {
  train: Uint32Array;
  validation: Uint32Array;
  test: Uint32Array;
}

/** Mean and standard deviation fitted on the training rows; `(value - mean - rest) / scale` is stored. */
export interface Standardisation {
  mean: number;
  /** Rounding error of `mean` in float64; default 0. Matters if the spread is that small compared with the mean. */
  rest?: number;
  scale: number;
}

/** Relatedness of tasks; matrices are row-major T x T. */
export interface Relatedness {
  /** Cosines of the weight vectors; null for tables, which have none. */
  requestedCosine: Float64Array | null;
  /** Smallest eigenvalue of the requested matrix. */
  smallestEigenvalue: number | null;
  /** Correlation of the labels implied by the generator; null if there is no closed form. */
  closedForm: Float64Array | null;
  /**
   * Pearson correlation over the training rows that have both labels (codes of binary labels; class index for multiclass). NaN
   * if a label is constant there.
   */
  realised: Float64Array;
}

/** How a numeric column is encoded. */
export interface FittedNumbers {
  kind: 'numeric';
  name: string;
  /** Identity if scaling is switched off. */
  scaling: Standardisation;
  /** Replaces a missing cell: the mean or median of the known training rows, in the column's units. */
  fill: number;
  /** How `fill` was computed; default: the mean. */
  fillBy?: 'mean' | 'median';
  /** Transformation before scaling; `fill` and `scaling` apply to the transformed numbers. */
  tail?: FittedTail;
}

/** How a categorical column is encoded. */
export interface FittedCategories {
  kind: 'categorical';
  name: string;
  /** Names of the codes: values of the column, then "other" and "missing" if needed. */
  names: string[];
  /** Code of values without a name of their own; -1 if every value has one. */
  other: number;
  /** Code of a missing cell; -1 if none was missing. */
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

/** Everything needed to encode a table. */
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
  /** Per numeric feature: 1 where the cell was missing and its value was imputed; null if none was. */
  missing: (Uint8Array | null)[];
  /** Per numeric feature: the unscaled numbers if float32 merges some that differ, for trees; else null. */
  exact?: (Float64Array | null)[];
  tasks: TaskMeta[];
  /** Per task: standardised value, 0/1, or class index; NaN where the label is missing. Length `rows`. */
  targets: Float32Array[];
  split: Split;
  featureScaling: Standardisation[];
  /** Per task; null for classification, {mean: 0, scale: 1} if standardisation is off. */
  targetScaling: (Standardisation | null)[];
  relatedness: Relatedness;
  /** The fitted encoding of these rows; absent for sources that need none. */
  fitted?: FittedTable;
  /** What was done to the data: dropped rows, imputed cells, merged categories. */
  notes: Note[];
}
