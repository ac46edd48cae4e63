// Dates as features: numeric columns for the day and its parts; parts that never change are left out.
import type { Column, ParsedTable } from './columns.ts';
import { MAX_CLASSES } from './columns.ts';
import { DATE_PARTS } from './dates.ts';

const expanded = new WeakMap<ParsedTable, readonly Column[]>();

/** The columns that can be features: those of the table, each date replaced by its parts. */
export function usableColumns(table: ParsedTable): readonly Column[] {
  const known = expanded.get(table);
  if (known) return known;
  const taken = new Set(table.columns.map((column) => column.name));
  const all = table.columns.flatMap((column) => (column.kind === 'date' ? partsOf(column, taken) : [column]));
  expanded.set(table, all);
  return all;
}

/** @param taken - names already in use; the names of the parts are added */
function partsOf(date: Column, taken: Set<string>): Column[] {
  if (date.distinct < 2) return [date];
  return Object.entries(DATE_PARTS).flatMap(([part, of]) => {
    const numbers = date.numbers.map((ms) => (Number.isNaN(ms) ? Number.NaN : of(ms)));
    const distinct = Float64Array.from(new Set(numbers.filter(Number.isFinite))).sort();
    if (distinct.length < 2) return [];
    let name = `${date.name} (${part})`;
    for (let k = 2; taken.has(name); k++) name = `${date.name} (${part} ${k})`;
    taken.add(name);
    return [
      {
        ...date,
        name,
        partOf: date.name,
        kind: 'numeric' as const,
        reason: `${part} of the date ${date.name}`,
        numbers,
        distinct: distinct.length,
        values: Array.from(distinct.subarray(0, MAX_CLASSES), String),
      },
    ];
  });
}
