// How the results of a product are divided among workgroups and invocations.

/** The part of the results that a workgroup computes, and the part that an invocation computes. */
export interface Tile {
  loop: 'workgroup' | 'quads';
  rows: number;
  columns: number;
  /** How many steps along the depth of the product a workgroup holds at a time. */
  depth: number;
  perLane: { rows: number; columns: number };
}
