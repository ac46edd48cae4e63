// The interface of an attention mask. Polarity everywhere: 1 (true) = blocked. Rows are queries, columns are keys.
import type { CatalogEntry } from '../config/catalog.ts';

export interface MaskContext {
  /** Task tokens come first. */
  numTaskTokens: number;
  /** L, task and feature tokens. */
  numTokens: number;
  /** The block that the mask is for. */
  block: number;
  heads: number;
  /** The text of a painted mask, see `custom.ts`. */
  text: string;
}

export interface MaskDef extends CatalogEntry {
  /** @returns [L * L] row-major for all heads, or [heads * L * L]; 1 = blocked, null if nothing is */
  build(context: MaskContext): Uint8Array | null;
}

/** A mask from a rule per cell; null if no cell is blocked. */
export function maskFromRule(
  numTokens: number,
  blocks: (query: number, key: number) => boolean,
): Uint8Array | null {
  const mask = new Uint8Array(numTokens * numTokens);
  let blocked = false;
  for (let query = 0; query < numTokens; query++) {
    for (let key = 0; key < numTokens; key++) {
      if (!blocks(query, key)) continue;
      mask[query * numTokens + key] = 1;
      blocked = true;
    }
  }
  return blocked ? mask : null;
}

/** The mask of one head. @param blocked - [L * L] for all heads or [heads * L * L], or null */
export function maskOfHead(blocked: Uint8Array | null, head: number, numTokens: number): Uint8Array | null {
  const size = numTokens * numTokens;
  if (!blocked || blocked.length === size) return blocked;
  return blocked.subarray(head * size, (head + 1) * size);
}

/** The distinct masks: one for all heads, or one per head. */
export const headMasks = (blocked: Uint8Array, numTokens: number): Uint8Array[] =>
  Array.from(
    { length: blocked.length / numTokens ** 2 },
    (_, head) => maskOfHead(blocked, head, numTokens) as Uint8Array,
  );
