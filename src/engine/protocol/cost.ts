// What a network costs before it runs: what is counted, and what a few steps on noise took.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';

/** A line of the cost table: what is known of a network without running it. */
export interface CostRow {
  /** The network of the experiment, or null for an architecture at its defaults. */
  role: Role | null;
  id: string;
  label: string;
  params: Params;
  singleTask: boolean;
  /** Null for trees, whose size is known when they have grown, and where `issues` speak against it. */
  parameters: number | null;
  /** Multiply-adds x 2 of one forward pass. */
  flopsPerRow: number | null;
  /** Values, gradients, best values and moments. */
  parameterBytes: number | null;
  stepsPerEpoch: number;
  epochs: number;
  /** Why it cannot train on this table. */
  issues: Issue[];
}

/** What a few steps on noise took. */
export interface MeasuredCost {
  /** Median. */
  stepMs: number | null;
  /** Kernels per step; null for trees. */
  launches: number | null;
  /** The most memory that tensors held during a step. */
  peakBytes: number | null;
  /** Why nothing was measured, or null. */
  skipped: string | null;
}
