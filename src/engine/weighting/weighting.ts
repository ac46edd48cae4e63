// The interface of a loss-weighting method: how the losses of the tasks become one.
import type { Scalar } from '@tensorflow/tfjs-core';
import type { CatalogEntry } from '../config/catalog.ts';

export interface WeightingDef extends CatalogEntry {
  /** What the method works on. */
  needs: 'losses';
  /** @param losses - one scalar per task; @returns the scalar that is minimised */
  combine(losses: readonly Scalar[]): Scalar;
}
