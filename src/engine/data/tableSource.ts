// A table from a file as a data source: columns typed, targets chosen, missing values handled, and every such step noted.
import type { TargetChoice } from '../config/params.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { checkCells } from './checkCells.ts';
import type { FittedTable } from './fitted.ts';
import { checkReadingLists, checkReadingNames } from './reading.ts';
import { correlations } from './relatedness.ts';
import type { DataPlan, DataSource, FileInput, ProgressSink, SourceRequest } from './source.ts';
import { checkSplit, splitRows } from './split.ts';
import type { Dataset, Split } from './table.ts';
import { type ParsedTable, parseTable } from './tableFile.ts';
import { applyTable, featureMeta, fitTable, taskMeta } from './tableFit.ts';
import { checkGiven, checkLeft, compareGiven, splitOf } from './tableGiven.ts';
import { dataParams, taskParams } from './tableParams.ts';
import { checkIgnored, type Selection, select } from './tableSelect.ts';
import { checkTargets, checkVariation } from './tableTargets.ts';

export { previewTable } from './tableFile.ts';

function check(request: SourceRequest): Issue[] {
  const { data, tasks, file } = request;
  if (!file) {
    return [
      {
        path: 'data.params.file',
        expected: `the contents of ${data.file || 'a file'}`,
        got: 'nothing',
        remedy: 'Choose a file, or one of the examples.',
      },
    ];
  }
  const lists = checkReadingLists(data);
  if (lists.length > 0) return lists;
  let table: ParsedTable;
  try {
    table = parseTable(file, data);
  } catch (error) {
    if (error instanceof WorkbenchError)
      return error.issues.map((i) => ({ ...i, path: `data.params.file, ${i.path}` }));
    throw error;
  }
  const choices = tasks.targets as TargetChoice[];
  const issues = [
    ...checkReadingNames(data, table.columns),
    ...checkTargets(table, choices),
    ...checkIgnored(table, data, choices),
  ];
  if (issues.length > 0) return issues;
  const refused = request.fitted ? checkGiven(request.fitted, table.columns, request) : [];
  if (refused.length > 0) return refused;
  const { features, rows, targets, notes } = select(request, table);
  const cells = checkCells([...targets.map((t) => t.column), ...features], table.name);
  if (cells.length > 0) return cells;
  if (features.length === 0) {
    return [
      {
        path: 'tasks.targets',
        expected: 'at least one column left as a feature',
        got: 'none',
        remedy: 'Choose fewer targets, or ignore fewer columns.',
      },
    ];
  }
  const sizes = checkSplit(rows.length, data, 'data.params');
  if (sizes.length > 0) return sizes.map((issue) => withDroppedRows(issue, notes));
  const constant = checkVariation(targets, rows);
  return constant.length > 0 || !request.fitted ? constant : checkLeft(prepare(request).split);
}

/** The refusal with what removed rows before. */
function withDroppedRows(issue: Issue, notes: readonly Note[]): Issue {
  const dropped = notes.filter(({ code }) => code.startsWith('rows-without-')).map(({ text }) => text);
  const isAsked = notes.some(({ code }) => code === 'rows-without-number-dropped');
  const remedies = [...dropped, issue.remedy, ...(isAsked ? ['Or set data.missing to mean.'] : [])];
  return { ...issue, remedy: remedies.join(' ') };
}

/** A table as it will be trained on: what is kept of it, how it is split, and how its columns are encoded. */
interface Prepared {
  selection: Selection;
  split: Split;
  fitted: FittedTable;
}

/** Call only when `check` is empty. */
function prepare(request: SourceRequest): Prepared {
  const table = parseTable(request.file as FileInput, request.data);
  const selection = select(request, table);
  const split = splitRows(selection.rows.length, request.data);
  const { fitted: given } = request;
  if (!given) return { selection, split, fitted: fitTable(selection, split, request.data) };
  const own = select({ ...request, fitted: undefined }, table);
  const ownFit = fitTable(own, splitRows(own.rows.length, request.data), request.data);
  const { notes, isEncodable } = compareGiven(given, ownFit, selection);
  return {
    selection: { ...selection, notes: [...selection.notes, ...notes] },
    split: splitOf(split, isEncodable),
    fitted: given,
  };
}

function plan(request: SourceRequest): DataPlan {
  const { selection, fitted } = prepare(request);
  return {
    rows: selection.rows.length,
    features: fitted.features.map(featureMeta),
    tasks: fitted.targets.map(taskMeta),
  };
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const { selection, split, fitted } = prepare(request);
  const { encoded, notes } = await applyTable(selection, split, fitted, progress);
  const tasks = fitted.targets.map(taskMeta);
  return {
    name: (request.file as FileInput).name,
    rows: selection.rows.length,
    features: fitted.features.map(featureMeta),
    ...encoded,
    tasks,
    split,
    fitted,
    relatedness: {
      requestedCosine: null,
      smallestEigenvalue: null,
      closedForm: null,
      realised: correlations(encoded.targets, split.train),
    },
    notes: [...selection.notes, ...notes, ...correlationNotes(fitted)],
  };
}

function correlationNotes({ targets }: FittedTable): Note[] {
  if (!targets.some((t) => t.type === 'multiclass')) return [];
  return [
    {
      code: 'multiclass-correlation-of-class-numbers',
      text: 'The correlation of a multiclass label is that of its class numbers, in the order of their names.',
    },
  ];
}

export const tableSource: DataSource = {
  id: 'table',
  label: 'Table (CSV)',
  summary: 'A table of your own, or one of the examples: choose the columns to predict.',
  citation: 'Example: Palmer penguins, Gorman, Williams and Fraser 2014',
  deviations: [],
  dataParams,
  taskParams,
  check,
  plan,
  generate,
};
