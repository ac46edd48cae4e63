// Curves of several seeds as one: their mean, and one standard deviation either way.
import { meanOf, sampleSd } from '../../engine/core/interval.ts';

export interface SeedCurve {
  /** Steps or epochs. */
  at: readonly number[];
  values: readonly number[];
}

export interface Band {
  at: number[];
  mean: number[];
  low: number[];
  high: number[];
}

/** Where some seeds ended early, the remaining ones count. */
export function bandOf(curves: readonly SeedCurve[]): Band {
  const at = [...new Set(curves.flatMap((curve) => curve.at))].sort((a, b) => a - b);
  const valuesAt = at.map((place) =>
    curves.map((c) => c.values[c.at.indexOf(place)]).filter((v): v is number => Number.isFinite(v)),
  );
  const mean = valuesAt.map(meanOf);
  const sd = valuesAt.map((values) => (values.length > 1 ? sampleSd(values) : 0));
  return {
    at,
    mean,
    low: mean.map((m, i) => m - (sd[i] as number)),
    high: mean.map((m, i) => m + (sd[i] as number)),
  };
}
