// A table as it will be trained on: what is kept of it, how it is split, and how its columns are encoded. Checking,
// planning and generating all start from here, so the last preparation is kept.
import { type Column, classCodes } from './columns.ts';
import type { FittedTable } from './fitted.ts';
import type { SourceRequest } from './source.ts';
import { splitRows, splitSizes } from './split.ts';
import { type Strata, strataOf } from './stratify.ts';
import type { Split } from './table.ts';
import { leaveOutUntrained, precisionNotes } from './tableChecks.ts';
import type { ParsedTable } from './tableFile.ts';
import { fitTable } from './tableFit.ts';
import { type Selection, select } from './tableSelect.ts';

export interface Prepared {
  selection: Selection;
  split: Split;
  fitted: FittedTable;
}

let last: { table: ParsedTable; settings: string; prepared: Prepared } | null = null;

/** Call only when the targets and the sizes of the splits are fine. */
export function prepare(request: SourceRequest, table: ParsedTable): Prepared {
  const { data, tasks } = request;
  const settings = JSON.stringify([data, tasks]);
  if (last && last.table === table && last.settings === settings) return last.prepared;
  const chosen = select(request, table);
  const strata = strataFor(request, chosen);
  const split = splitRows(chosen.rows.length, data, strata ?? undefined);
  const selection = leaveOutUntrained(chosen, split);
  const fitted = fitTable(selection, split, data);
  if (strata?.by === 'rarest')
    selection.notes.push({
      code: 'stratified-by-rarest-class',
      text: 'Some combinations of classes have fewer rows than there are splits, or there are more combinations than rows in a split: the splits are stratified by the rarest class of each row.',
    });
  selection.notes.push(...precisionNotes(selection, split, fitted, data));
  const prepared = { selection, split, fitted };
  last = { table, settings, prepared };
  return prepared;
}

function strataFor({ data }: SourceRequest, { rows, targets }: Selection): Strata | null {
  if (data.split !== 'stratified') return null;
  const codesOf = (column: Column) => {
    const codes = classCodes(column);
    return Int32Array.from(rows, (row) => codes[row] as number);
  };
  const labels = targets.filter((t) => t.classes).map((t) => codesOf(t.column));
  return strataOf(rows.length, labels, Math.min(...Object.values(splitSizes(rows.length, data))));
}
