// How the results of a product are cut into what a workgroup and an invocation compute.

/** Results of a workgroup and of an invocation. */
export interface Tile {
  loop: 'workgroup' | 'quads';
  rows: number;
  columns: number;
  /** Of the product, that a workgroup holds at a time. */
  depth: number;
  perLane: { rows: number; columns: number };
}
