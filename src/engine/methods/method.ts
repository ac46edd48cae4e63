// The interface of a loss-weighting method: how the losses of the tasks become one.
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { CatalogEntry } from '../config/catalog.ts';

export interface WeightingDef extends CatalogEntry {
  /** What the method works on. */
  needs: 'losses';
  /** @param losses - of the tasks, [T]; @returns the scalar that is minimised */
  combine(losses: Tensor1D): Scalar;
  /** Of methods whose weights never change: one per task, so that nothing needs to be differentiated. */
  weights?(numTasks: number): number[];
}
