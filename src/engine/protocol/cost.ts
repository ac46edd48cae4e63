// The cost of a network before it runs: counts, and measurements of a few steps on random data.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';

/** A row of the cost table: the cost of a network without running it. */
export interface CostRow {
  /** The network of the experiment, or null for an architecture at its defaults. */
  role: Role | null;
  id: string;
  label: string;
  params: Params;
  singleTask: boolean;
  /** Null for trees, whose size is known only after they have grown, and if there are `issues`. */
  parameters: number | null;
  /** Floating-point operations of one forward pass (two per multiply-add). */
  flopsPerRow: number | null;
  /** Values, gradients, best values and moments. */
  parameterBytes: number | null;
  stepsPerEpoch: number;
  epochs: number;
  /** Why it cannot train on this table. */
  issues: Issue[];
}

/** Measurements of a few steps on random data. */
export interface MeasuredCost {
  /** Median. */
  stepMs: number | null;
  /** Kernels per step; null for trees. */
  launches: number | null;
  /** Peak memory of tensors during a step. */
  peakBytes: number | null;
  /** Why nothing was measured, or null. */
  skipped: string | null;
}
