// A numeric column as two classes, cut at a threshold: the positive class is written as a comparison, such as `>4000`.
import type { Column } from './columns.ts';

const COMPARISON = /^(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i;
const OPPOSITE = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const;
type Sign = keyof typeof OPPOSITE;

export interface Threshold {
  sign: Sign;
  at: number;
}

/** The comparison in a positive class; null if it is a name. Only numeric columns can be cut. */
export function thresholdOf({ kind }: Column, positive: string | undefined): Threshold | null {
  const found = kind === 'numeric' && positive !== undefined ? COMPARISON.exec(positive.trim()) : null;
  if (!found) return null;
  const [, sign, number] = found;
  return { sign: sign as Sign, at: Number(number) };
}

const isBeyond = ({ sign, at }: Threshold, value: number): boolean => {
  switch (sign) {
    case '>':
      return value > at;
    case '>=':
      return value >= at;
    case '<':
      return value < at;
    case '<=':
      return value <= at;
    default:
      return sign satisfies never;
  }
};

/** The column as classes, the negative one first; a missing number is a missing label. */
export function cutAt(column: Column, threshold: Threshold): Column {
  const { sign, at } = threshold;
  const codes = Int32Array.from(column.numbers, (value) =>
    Number.isNaN(value) ? -1 : Number(isBeyond(threshold, value)),
  );
  return {
    ...column,
    kind: 'categorical',
    numbers: new Float64Array(),
    codes,
    distinct: new Set(codes.filter((code) => code >= 0)).size,
    values: [`${OPPOSITE[sign]}${at}`, `${sign}${at}`],
  };
}
