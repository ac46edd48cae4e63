// The columns that can be features, transformed as the settings say: dates become their parts, long tails a log scale, and
// missingness of a number a category of its own.
import { listNames, parseNames, QUOTING_HELP } from '../config/names.ts';
import type { Params, TargetChoice } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { type Column, MAX_CLASSES, NO_CELLS, type ParsedTable } from './columns.ts';
import { usableColumns } from './dateParts.ts';
import { type DataSettings, dataSettings } from './tableParams.ts';

/** sign(x) ln(1 + |x|), so that negative values have a logarithm too. */
export const signedLog = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/** @param choices - target columns, which keep their units and get no indicator */
export function featureCandidates(
  table: ParsedTable,
  data: Params,
  choices: readonly TargetChoice[],
): readonly Column[] {
  const onLog = new Set(tailNames(data, 'logScale') ?? []);
  const hasIndicators = dataSettings(data).missing === 'indicator';
  const isTarget = ({ name }: Column) => choices.some((choice) => choice.column === name);
  const taken = new Set(table.columns.map((column) => column.name));
  return usableColumns(table).flatMap((column) => {
    if (isTarget(column) || column.kind !== 'numeric') return [column];
    const shaped = onLog.has(column.name) ? withLog(column) : column;
    return hasIndicators && column.missing > 0 ? [shaped, indicatorOf(column, taken)] : [shaped];
  });
}

function withLog(column: Column): Column {
  const numbers = column.numbers.map(signedLog);
  const values = Float64Array.from(new Set(numbers.filter(Number.isFinite))).sort();
  return {
    ...column,
    numbers,
    distinct: values.length,
    values: Array.from(values.subarray(0, MAX_CLASSES), String),
  };
}

/** The missing indicator is left out whenever its column is. */
function indicatorOf(column: Column, taken: Set<string>): Column {
  let name = `${column.name} is missing`;
  for (let k = 2; taken.has(name); k++) name = `${column.name} is missing (${k})`;
  taken.add(name);
  const codes = Int32Array.from(column.numbers, (value) => (Number.isNaN(value) ? 1 : 0));
  const values = column.missing < column.rows ? ['no', 'yes'] : ['yes'];
  return {
    ...column,
    name,
    kind: 'categorical',
    reason: `whether ${column.name} is missing`,
    partOf: column.partOf ?? column.name,
    missing: 0,
    markers: [],
    numbers: new Float64Array(0),
    codes: column.missing < column.rows ? codes : codes.fill(0),
    distinct: values.length,
    values,
    isAsked: true,
    texts: NO_CELLS,
    beyond: NO_CELLS,
  };
}

/** Settings for long tails, each a list of columns. */
const TAILS = ['logScale', 'clip', 'quantile'] as const;
type Tail = (typeof TAILS)[number];
const tailNames = (data: Params, key: Tail) => parseNames(dataSettings(data)[key]);

/** The transformation fitted on the training rows of a column; null for none. */
export function tailOf(name: string, data: DataSettings): 'clip' | 'quantile' | null {
  for (const key of ['clip', 'quantile'] as const) if (parseNames(data[key])?.includes(name)) return key;
  return null;
}

/** Issues of the lists: quotes that do not match, columns that are not numeric features, columns in two lists. */
export function checkTails(table: ParsedTable, data: Params, choices: readonly TargetChoice[]): Issue[] {
  const allowed = usableColumns(table)
    .filter(({ kind, name }) => kind === 'numeric' && !choices.some((choice) => choice.column === name))
    .map(({ name }) => name);
  const taken = new Set<string>();
  return TAILS.flatMap((key) => {
    const refuse = (got: string, expected = `numeric features out of ${listNames(allowed)}`): Issue => ({
      path: `data.params.${key}`,
      expected,
      got,
      remedy: `Correct the name, or remove it. ${QUOTING_HELP}`,
    });
    const names = tailNames(data, key);
    if (!names) return [refuse(`${data[key]}, whose quotes do not match`)];
    return names.flatMap((name) => {
      if (!allowed.includes(name)) return [refuse(name)];
      if (taken.has(name))
        return [refuse(`${name} in two`, 'each column in one of logScale, clip and quantile')];
      taken.add(name);
      return [];
    });
  });
}
