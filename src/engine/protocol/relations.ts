// Relations between the tasks of a network, step by step, for the page and the command line.

/** A group of parameters over which inner products are taken. */
export interface RelationsPlace {
  kind: 'all' | 'block' | 'layer';
  /** Common part of the names of its parameters. */
  label: string;
}

/** One measurement ("look") of a network. */
export interface RelationsMeasure {
  step: number;
  epoch: number;
  /** [T] */
  losses: Float32Array;
  /** The gradient method's weights in its last step, [T]; null if it has none (methods on whole gradients). */
  weights: Float32Array | null;
  /** Inner products of the tasks' gradients, [places, T, T]. */
  grams: Float32Array;
  /** [similarities, T, T]; absent in looks of an earlier version. */
  similarities?: Float32Array;
}

/** How similarly two tasks process the same rows, independent of their gradients. */
export interface RelationsSimilarity {
  id: string;
  label: string;
}

/** Losses after a step along the gradient of one task. */
export interface LookAhead {
  step: number;
  /** Size of the step: the learning rate. */
  rate: number;
  /** [T] */
  losses: Float32Array;
  /** [T, T], row i: after a step of task i. */
  ahead: Float32Array;
}

/** Cost of a look, compared with a forward and backward pass of the sum of the losses on the same rows. */
export interface RelationsPrice {
  /** Forward pass, a backward pass per task, inner products, and a second forward pass for similarities, in ms. */
  lookMs: number;
  passMs: number;
}

export interface RelationsReport {
  /** Number of training rows used: always the first ones, without dropout. */
  rows: number;
  /** Why there are no relations, or null. */
  absence: string | null;
  places: RelationsPlace[];
  /** The similarities that the network has, in the order of `RelationsMeasure.similarities`; absent in an earlier version. */
  similarities?: RelationsSimilarity[];
  /** Oldest first; thinned when there are many. */
  history: RelationsMeasure[];
  ahead: LookAhead | null;
  price: RelationsPrice | null;
}

/** Training estimated around a network as it stands (Grad-TAG). */
export interface GradTagReport {
  /** Random directions of the shared parameters that training may go. */
  directions: number;
  /** Training rows that are fitted, and validation rows that losses are of. */
  fittedRows: number;
  judgedRows: number;
  /** The price. */
  forwardPasses: number;
  ms: number;
  /** Column j: the loss of task j after training on i and j; on the diagonal on j alone, [T, T]. */
  losses: Float64Array;
}
