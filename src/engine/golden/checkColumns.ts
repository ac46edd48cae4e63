// Fitting and standardising columns against golden/preprocessing.json, computed in exact arithmetic, by the functions used for
// a table's features and targets.
import { type Column, isMissing, NO_CELLS } from '../data/columns.ts';
import { fitColumn, restored } from '../data/encode.ts';
import { applyNumbers, applyTarget, fitNumbers, fitTarget } from '../data/fitted.ts';
import type { Standardisation } from '../data/table.ts';
import { compare, type GoldenCheck } from './check.ts';
import { compareFact, type Value } from './checkValue.ts';

interface ColumnCase {
  case: string;
  role: 'feature' | 'target';
  /** Float64 with all digits; null where missing. */
  values: Value[];
  /** Row indices. */
  train: number[];
  expected: {
    mean: number;
    sd: number;
    constant: boolean;
    scale: number;
    standardised: Value[];
    /** 1 where the cell is missing; features only. */
    missing?: number[];
    /** Targets only. */
    restored_largest_error_in_sd?: number;
  };
}

export interface ColumnsFile {
  cases: ColumnCase[];
}

const MEAN_IN_SD = 1e-12;
const SD_RELATIVE = 1e-12;
const STANDARDISED = 2e-7;

function columnOf(name: string, values: readonly Value[]): Column {
  const numbers = Float64Array.from(values, (value) => value ?? Number.NaN);
  const distinct = new Set(numbers.filter(Number.isFinite)).size;
  const missing = values.filter((value) => value === null).length;
  return {
    name,
    kind: 'numeric',
    reason: '',
    markers: [],
    rows: values.length,
    missing,
    numbers,
    codes: new Int32Array(0),
    distinct,
    values: [],
    isAsked: false,
    texts: NO_CELLS,
    beyond: NO_CELLS,
  };
}

function encode(column: Column, { role, train }: ColumnCase): { scaling: Standardisation; z: Float32Array } {
  const rows = Array.from(column.numbers.keys());
  const positions = Uint32Array.from(train);
  if (role === 'target') {
    const fitted = fitTarget({ column, type: 'regression', classes: null }, rows, positions, true);
    return { scaling: fitted.scaling as Standardisation, z: applyTarget(column, rows, fitted) };
  }
  const fitted = fitNumbers(column, rows, positions, true);
  return { scaling: fitted.scaling, z: applyNumbers(column, rows, fitted).values };
}

export function checkColumns({ cases }: ColumnsFile): GoldenCheck[] {
  return cases.flatMap((c) => {
    const { expected } = c;
    const column = columnOf(c.case, c.values);
    const { scaling, z } = encode(column, c);
    const { isConstant } = fitColumn(column.numbers, c.train);
    const sdTolerance = SD_RELATIVE * expected.scale;
    const checks = [
      compareFact(`${c.case} constant`, isConstant === expected.constant, `expected ${expected.constant}`),
      compare(`${c.case} mean`, [scaling.mean], [expected.mean], MEAN_IN_SD * expected.sd),
      compare(`${c.case} scale`, [scaling.scale], [expected.scale], sdTolerance),
      checkStandardised(`${c.case} standardised`, z, expected.standardised),
    ];
    if (expected.missing) {
      const missing = c.values.map((_, row) => (isMissing(column, row) ? 1 : 0));
      checks.push(compare(`${c.case} missing`, missing, expected.missing, 0));
    }
    const limit = expected.restored_largest_error_in_sd;
    if (limit !== undefined)
      checks.push(checkRestored(`${c.case} restored`, column.numbers, z, scaling, limit));
    return checks;
  });
}

/** In units of max(1, |z|); null expects no value. */
function checkStandardised(quantity: string, got: Float32Array, expected: readonly Value[]): GoldenCheck {
  const inUnits = (values: ArrayLike<number>) =>
    expected.map((z, row) => (z === null ? 0 : (values[row] as number) / Math.max(1, Math.abs(z))));
  const unwanted = expected.findIndex((z, row) => z === null && !Number.isNaN(got[row]));
  if (unwanted >= 0) return compareFact(quantity, false, `expected no value in row ${unwanted}`);
  return compare(quantity, inUnits(got), inUnits(expected.map((z) => z ?? 0)), STANDARDISED);
}

/** Error of float32 for standardised values and back, in standard deviations. */
function checkRestored(
  quantity: string,
  values: Float64Array,
  z: Float32Array,
  scaling: Standardisation,
  limit: number,
): GoldenCheck {
  const errors = Array.from(
    z,
    (value, row) => (restored(value, scaling) - (values[row] as number)) / scaling.scale,
  );
  const known = errors.filter((error) => !Number.isNaN(error));
  return compare(
    quantity,
    known,
    known.map(() => 0),
    limit + STANDARDISED,
  );
}
