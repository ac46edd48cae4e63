// A trained tensor of a model, and the tensors of the public code that are packed into it.
import type { Variable } from '@tensorflow/tfjs-core';

/**
 * A variable of a model. Small tensors of the same kind are packed into one variable by rows (all numeric embeddings in one [n,
 * e]), which reduces the launches per step; `parts` maps its slices to the tensors of the public code's `state_dict` (Linear
 * weights are [out, in]).
 */
export interface Parameter {
  name: string;
  variable: Variable;
  parts: readonly ParameterPart[];
}

export interface ParameterPart {
  /** Name in the `state_dict` of the public code. */
  name: string;
  /** Shape in the `state_dict`. */
  shape: readonly number[];
  /** First element within the variable, row-major; parts are contiguous. */
  start: number;
  size: number;
  /**
   * The only task that trains it (single-task networks, towers, gates that feed a tower), or null if tasks share it. Gradient
   * methods act on what is shared.
   */
  task: number | null;
  /** Which of several networks side by side it belongs to, if there are several. */
  group?: number;
}
