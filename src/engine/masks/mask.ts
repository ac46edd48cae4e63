// The interface of an attention mask. Polarity everywhere: 1 (true) = blocked. Rows are queries, columns are keys.
import type { CatalogEntry } from '../config/catalog.ts';

export interface MaskDef extends CatalogEntry {
  /**
   * @param numTaskTokens - task tokens stand first
   * @param numTokens - L, task and feature tokens
   * @param grid - of a painted mask, see `custom.ts`
   * @returns [L * L] row-major, 1 = blocked, or null when nothing is
   */
  build(numTaskTokens: number, numTokens: number, grid?: string): Uint8Array | null;
}

/** A mask from a rule per cell; null when no cell is blocked. */
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
