// How the tasks of a network pull at what they share, step by step, as the page and the command line read it.

/** What inner products are taken over. */
export interface RelationsPlace {
  kind: 'all' | 'block' | 'layer';
  /** Common part of the names of its parameters. */
  label: string;
}

/** One look at a network. */
export interface RelationsMeasure {
  step: number;
  epoch: number;
  /** [T] */
  losses: Float32Array;
  /** The weights of the gradient method in its last step, [T]; null where they are not numbers (methods of whole gradients). */
  weights: Float32Array | null;
  /** Inner products of the tasks' gradients, [places, T, T]. */
  grams: Float32Array;
  /** [similarities, T, T]; left out in looks that an earlier version took. */
  similarities?: Float32Array;
}

/** How alike what two tasks make of the same rows is, however their gradients point. */
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

/** What a look costs, beside forward and backward pass of the sum of the losses on the same rows. */
export interface RelationsPrice {
  /** Forward pass, a backward pass per task, inner products, a second forward pass for similarities, in ms. */
  lookMs: number;
  passMs: number;
}

export interface RelationsReport {
  /** Training rows that are looked at: the first ones, the same every time, without dropout. */
  rows: number;
  /** Why there is nothing to see, or null. */
  absence: string | null;
  places: RelationsPlace[];
  /** Those that the network has, as `RelationsMeasure.similarities` has them; left out by an earlier version. */
  similarities?: RelationsSimilarity[];
  /** Oldest first; thinned out as they become many. */
  history: RelationsMeasure[];
  ahead: LookAhead | null;
  price: RelationsPrice | null;
}
