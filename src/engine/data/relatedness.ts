// How related the tasks' labels are, measured on the data.
import { labelledOf } from './labels.ts';

/**
 * Pearson correlations between columns over the given rows where both have values; NaN if a column is constant there.
 * @param columns - NaN = missing
 * @returns row-major [T, T]
 */
export function correlations(columns: readonly ArrayLike<number>[], rows: Uint32Array): Float64Array {
  const n = columns.length;
  const labelled = columns.map((column) => labelledOf(column, rows));
  if (labelled.every((own) => own === rows)) return completeCorrelations(columns, rows);
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [columns[i] as ArrayLike<number>, columns[j] as ArrayLike<number>];
      const both = labelledOf(b, labelled[i] as Uint32Array);
      // The diagonal is computed too, because it shows whether the column is constant.
      const value = completeCorrelations([a, b], both)[1] as number;
      result[i * n + j] = value;
      result[j * n + i] = value;
    }
  }
  return result;
}

function completeCorrelations(columns: readonly ArrayLike<number>[], rows: Uint32Array): Float64Array {
  const n = columns.length;
  const means = columns.map((column) => {
    let sum = 0;
    for (const row of rows) sum += column[row] as number;
    return sum / rows.length;
  });
  // Compared value by value, because rounding can give equal numbers a non-zero variance.
  const constant = columns.map((column) => rows.every((row) => column[row] === column[rows[0] as number]));
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [columns[i] as ArrayLike<number>, columns[j] as ArrayLike<number>];
      const [meanA, meanB] = [means[i] as number, means[j] as number];
      let sum = 0;
      for (const row of rows) sum += ((a[row] as number) - meanA) * ((b[row] as number) - meanB);
      products[i * n + j] = sum;
      products[j * n + i] = sum;
    }
  }
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    const scale = Math.sqrt((products[i * n + i] as number) * (products[j * n + j] as number));
    return scale > 0 && !constant[i] && !constant[j] ? (products[k] as number) / scale : Number.NaN;
  });
}
