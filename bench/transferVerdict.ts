// What a family of experiments says of sharing: at which cosines it helps, costs or is undecided, and where it changes sign.
import type { Estimate } from '../src/engine/core/interval.ts';

/** Sharing part at one cosine of the tasks. */
export interface SharingAt {
  cosine: number;
  sharing: Pick<Estimate, 'mean' | 'low' | 'high'>;
}

/** By the interval alone: one that holds 0, or has no bounds as with one seed, decides nothing. */
function verdictOf({ low, high }: SharingAt['sharing']): 'helps' | 'costs' | 'undecided' {
  return low > 0 ? 'helps' : high < 0 ? 'costs' : 'undecided';
}

/**
 * @param points - of one family, in any order
 * @returns one sentence, cosines in falling order. The place of a change of sign is where the line between the means of two
 *   neighbouring cosines crosses 0; one is named only between means that differ in sign.
 */
export function sharingVerdict(family: string, points: readonly SharingAt[]): string {
  const falling = [...points].sort((a, b) => b.cosine - a.cosine);
  const parts = (['helps', 'undecided', 'costs'] as const).flatMap((verdict) => {
    const cosines = falling.filter((p) => verdictOf(p.sharing) === verdict).map((p) => p.cosine);
    return cosines.length > 0 ? [`${verdict} at ${cosines.join(', ')}`] : [];
  });
  const crossings = falling.flatMap((upper, i) => {
    const lower = falling[i + 1];
    if (!lower || upper.sharing.mean * lower.sharing.mean > 0) return [];
    const share = upper.sharing.mean / (upper.sharing.mean - lower.sharing.mean);
    const cosine = upper.cosine + share * (lower.cosine - upper.cosine);
    return [`between ${upper.cosine} and ${lower.cosine} (about ${cosine.toFixed(2)})`];
  });
  const sign =
    crossings.length > 0
      ? `its mean changes sign ${crossings.join(' and ')}`
      : 'its mean does not change sign at these cosines';
  return `${family}: sharing ${parts.join('; ')}; ${sign}.`;
}
