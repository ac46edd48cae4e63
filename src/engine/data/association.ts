// How strongly two columns are associated, by the measure that fits their kinds: Pearson and Spearman correlation of two
// numbers, the correlation ratio of a number and a class (Fisher 1925), Cramér's V of two classes (Cramér 1946, without
// correction).

/** A column in a form that can be compared: numbers, or class codes. NaN and negative codes are missing. */
export interface Variable {
  name: string;
  kind: 'numeric' | 'categorical';
  values: ArrayLike<number>;
}

export type Measure = 'pearson' | 'correlation-ratio' | 'cramers-v';

export interface Association {
  measure: Measure;
  /** Pearson is -1 to 1, the others 0 to 1; NaN if a column is constant over the rows where both have values. */
  value: number;
  /** Spearman correlation, for two numbers. */
  spearman?: number;
  /** Rows in which both have values. */
  rows: number;
}

const isThere = ({ kind, values }: Variable, row: number): boolean => {
  const value = values[row] as number;
  return kind === 'numeric' ? !Number.isNaN(value) : value >= 0;
};

/** Uses those of `rows` in which both have values. */
export function associate(a: Variable, b: Variable, rows: ArrayLike<number>): Association {
  const both = Array.from(rows).filter((row) => isThere(a, row) && isThere(b, row));
  const [x, y] = [a, b].map(({ values }) => Float64Array.from(both, (row) => values[row] as number)) as [
    Float64Array,
    Float64Array,
  ];
  const known = { rows: both.length };
  if (a.kind === 'numeric' && b.kind === 'numeric')
    return { ...known, measure: 'pearson', value: pearson(x, y), spearman: pearson(ranks(x), ranks(y)) };
  if (a.kind === 'categorical' && b.kind === 'categorical')
    return { ...known, measure: 'cramers-v', value: cramersV(x, y) };
  const [numbers, codes] = a.kind === 'numeric' ? [x, y] : [y, x];
  return { ...known, measure: 'correlation-ratio', value: correlationRatio(numbers, codes) };
}

/** NaN if one of them is constant. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] as number) - mx, (y[i] as number) - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (isConstant(x) || isConstant(y)) return Number.NaN;
  return xy / Math.sqrt(xx * yy);
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end++;
    for (let i = start; i < end; i++) result[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

/** eta: the square root of the between-class share of the variance. NaN for constant numbers or a single class. */
export function correlationRatio(numbers: ArrayLike<number>, codes: ArrayLike<number>): number {
  const groups = new Map<number, { count: number; sum: number }>();
  for (let i = 0; i < numbers.length; i++) {
    const code = codes[i] as number;
    const group = groups.get(code) ?? { count: 0, sum: 0 };
    group.count++;
    group.sum += numbers[i] as number;
    groups.set(code, group);
  }
  if (groups.size < 2 || isConstant(numbers)) return Number.NaN;
  const mean = meanOf(numbers);
  let [between, total] = [0, 0];
  for (const { count, sum } of groups.values()) between += count * (sum / count - mean) ** 2;
  for (let i = 0; i < numbers.length; i++) total += ((numbers[i] as number) - mean) ** 2;
  return Math.sqrt(Math.min(1, between / total));
}

/** sqrt(chi2 / (n (min(classes) - 1))) over the classes that occur; NaN if one of them is constant. */
export function cramersV(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const [rowsOf, columnsOf] = [new Map<number, number>(), new Map<number, number>()];
  const cells = new Map<number, Map<number, number>>();
  const add = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    add(rowsOf, x);
    add(columnsOf, y);
    const line = cells.get(x) ?? new Map<number, number>();
    add(line, y);
    cells.set(x, line);
  }
  const smaller = Math.min(rowsOf.size, columnsOf.size);
  if (smaller < 2) return Number.NaN;
  // chi2 / n = sum of count^2 / (row * column) - 1.
  let sum = 0;
  for (const [x, line] of cells)
    for (const [y, count] of line)
      sum += count ** 2 / ((rowsOf.get(x) as number) * (columnsOf.get(y) as number));
  return Math.sqrt(Math.min(1, Math.max(0, sum - 1) / (smaller - 1)));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
