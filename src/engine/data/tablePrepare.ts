// A table as it will be trained on: what is kept of it, how it is split, and how its columns are encoded. Checking,
// planning and generating all start from here, so the last preparation is kept.
import type { Note } from '../core/notes.ts';
import { classCodes, isMissing, type ParsedTable } from './columns.ts';
import type { SourceRequest } from './source.ts';
import { splitRows, splitSizes } from './split.ts';
import { type Strata, strataOf } from './stratify.ts';
import type { FittedTable, Split } from './table.ts';
import { leaveOutUntrained, precisionNotes } from './tableChecks.ts';
import { fitTable } from './tableFit.ts';
import { compareGiven, splitOf } from './tableGiven.ts';
import { select } from './tableSelect.ts';
import type { Selection, Target } from './tableTargets.ts';

export interface Prepared {
  selection: Selection;
  split: Split;
  fitted: FittedTable;
}

let last: { table: ParsedTable; given?: FittedTable; settings: string; prepared: Prepared } | null = null;

/** Call only when the targets and the sizes of the splits are fine. */
export function prepare(request: SourceRequest, table: ParsedTable): Prepared {
  const { data, tasks, classesByName, fitted: given } = request;
  const settings = JSON.stringify([data, tasks, classesByName === true]);
  if (last && last.table === table && last.given === given && last.settings === settings)
    return last.prepared;
  const prepared = given ? prepareGiven(request, given, table) : prepareOwn(request, table);
  last = { table, given, settings, prepared };
  return prepared;
}

/** Encoded by the statistics of its own training rows. */
function prepareOwn(request: SourceRequest, table: ParsedTable): Prepared {
  const { data } = request;
  const chosen = select(request, table);
  const { split, notes } = splitFor(request, chosen);
  const selection = leaveOutUntrained(chosen, split);
  const fitted = fitTable(selection, split, data);
  selection.notes.push(...notes, ...precisionNotes(selection, split, fitted, data));
  return { selection, split, fitted };
}

/** Encoded as trained weights say. */
function prepareGiven(request: SourceRequest, given: FittedTable, table: ParsedTable): Prepared {
  const plain = { ...request, fitted: undefined };
  const own = select(plain, table);
  const ownFit = fitTable(own, splitFor(plain, own).split, request.data);
  const selection = select(request, table);
  const { split } = splitFor(request, selection);
  const { notes, isEncodable } = compareGiven(given, ownFit, selection);
  return {
    selection: { ...selection, notes: [...selection.notes, ...notes] },
    split: splitOf(split, isEncodable),
    fitted: given,
  };
}

function splitFor(request: SourceRequest, { rows, targets }: Selection): { split: Split; notes: Note[] } {
  const strata = strataFor(request, rows, targets);
  const split = splitRows(rows.length, request.data, strata);
  if (strata?.by !== 'rarest') return { split, notes: [] };
  const note = {
    code: 'stratified-by-rarest-class',
    text: 'Some combinations of classes have fewer rows than there are splits, or there are more combinations than rows in a split: the splits are stratified by the rarest class of each row.',
  };
  return { split, notes: [note] };
}

function strataFor(
  { data }: SourceRequest,
  rows: readonly number[],
  targets: readonly Target[],
): Strata | undefined {
  if (data.split !== 'stratified') return undefined;
  const labels = targets.flatMap(({ column, classes }) => {
    const isPartial = rows.some((row) => isMissing(column, row));
    if (!classes && !isPartial) return [];
    // Without classes it is spread evenly where there is a label. A missing class is a class of its own.
    const codes = classes ? classCodes(column) : null;
    return [Int32Array.from(rows, (row) => codes?.[row] ?? (isMissing(column, row) ? 0 : 1))];
  });
  return strataOf(rows.length, labels, Math.min(...Object.values(splitSizes(rows.length, data))));
}
