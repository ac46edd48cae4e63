// Prepares a table for training: which rows and columns are kept, how it is split, and how its columns are encoded. Checking,
// planning and generating all start from here, so the last preparation is cached.
import type { ParsedTable } from './columns.ts';
import type { SourceRequest } from './source.ts';
import type { FittedTable, Split } from './table.ts';
import { leaveOutUntrained, precisionNotes } from './tableChecks.ts';
import { fitTable } from './tableFit.ts';
import { compareGiven, splitOf } from './tableGiven.ts';
import { select } from './tableSelect.ts';
import { splitTable } from './tableSplit.ts';
import type { Selection } from './tableTargets.ts';

export interface Prepared {
  selection: Selection;
  split: Split;
  fitted: FittedTable;
}

let last: { table: ParsedTable; given?: FittedTable; settings: string; prepared: Prepared } | null = null;

/** Call only if targets and split sizes have no issues. */
export function prepare(request: SourceRequest, table: ParsedTable): Prepared {
  const { data, tasks, classesByName, fitted: given } = request;
  const settings = JSON.stringify([data, tasks, classesByName === true]);
  if (last && last.table === table && last.given === given && last.settings === settings)
    return last.prepared;
  const prepared = given ? prepareGiven(request, given, table) : prepareOwn(request, table);
  last = { table, given, settings, prepared };
  return prepared;
}

/** Encoded by statistics of its own training rows. */
function prepareOwn(request: SourceRequest, table: ParsedTable): Prepared {
  const { data } = request;
  const chosen = select(request, table);
  const { split, notes } = splitTable(request, table, chosen);
  const selection = leaveOutUntrained(chosen, split);
  const fitted = fitTable(selection, split, data);
  selection.notes.push(...notes, ...precisionNotes(selection, split, fitted, data));
  return { selection, split, fitted };
}

/** Encoded as trained weights require. */
function prepareGiven(request: SourceRequest, given: FittedTable, table: ParsedTable): Prepared {
  const plain = { ...request, fitted: undefined };
  const own = select(plain, table);
  const ownFit = fitTable(own, splitTable(plain, table, own).split, request.data);
  const selection = select(request, table);
  const { split } = splitTable(request, table, selection);
  const { notes, isEncodable } = compareGiven(given, ownFit, selection);
  return {
    selection: { ...selection, notes: [...selection.notes, ...notes] },
    split: splitOf(split, isEncodable),
    fitted: given,
  };
}
