// A table from a file as a data source: types columns, selects targets, handles missing values, and notes every such step.
import { formatTypedName } from '../config/names.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import { type Note, shortNote } from '../core/notes.ts';
import { checkTails, featureCandidates } from './candidates.ts';
import { checkCells } from './checkCells.ts';
import type { ParsedTable } from './columns.ts';
import { formats } from './formats/registry.ts';
import { leakNotes } from './leaks.ts';
import type { ProgressSink } from './progress.ts';
import { checkRare } from './rare.ts';
import { checkReadingLists, checkReadingNames } from './reading.ts';
import { correlations } from './relatedness.ts';
import { repeatedRowNotes } from './repeatedRows.ts';
import type { DataPlan, DataSource, Opened, SourceRequest } from './source.ts';
import { checkSplit } from './split.ts';
import { splitNotes } from './splitNotes.ts';
import { checkClassesOfFiles } from './splitOfFiles.ts';
import type { Dataset, FittedTable } from './table.ts';
import { checkStored, checkTraining } from './tableChecks.ts';
import { parseTable } from './tableFile.ts';
import { applyTable, featureMeta, taskMeta } from './tableFit.ts';
import { checkGiven, checkLeft } from './tableGiven.ts';
import { dataParams, targetChoices, taskParams } from './tableParams.ts';
import { prepare } from './tablePrepare.ts';
import { checkIgnored, checkLabels, select } from './tableSelect.ts';
import { checkSplitColumn, checkSplitSizes, isByFractions, remedyOfSplit } from './tableSplit.ts';
import type { Selection } from './tableTargets.ts';
import { checkTargets, checkVariation } from './tableTargets.ts';

export { previewTable } from './tableFile.ts';

async function open(file: TableInput | undefined, data: Params, progress: ProgressSink): Promise<Opened> {
  if (!file) {
    const issue = {
      path: 'data.params.file',
      expected: `the contents of ${data.file || 'a file'}`,
      got: 'nothing',
      remedy: 'Choose a file, or one of the examples.',
    };
    return { issues: [issue] };
  }
  const lists = checkReadingLists(data);
  if (lists.length > 0) return { issues: lists };
  try {
    return { table: await parseTable(file, data, progress) };
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.kind !== 'file') throw error;
    const isPath = (path: string) => path.startsWith('data.params.');
    return {
      issues: error.issues.map((i) => (isPath(i.path) ? i : { ...i, path: `data.params.file, ${i.path}` })),
    };
  }
}

function tableOf({ table }: SourceRequest): ParsedTable {
  if (!table) throw new Error('tableSource: the request has no table. Open it with openRequest first.');
  return table;
}

function check(request: SourceRequest): Issue[] {
  const { data, tasks } = request;
  const table = tableOf(request);
  const choices = targetChoices(tasks);
  const issues = [
    ...checkReadingNames(data, table.columns),
    ...checkTargets(table, choices),
    ...checkIgnored(table, data, choices),
    ...checkSplitColumn(request, table),
    ...checkTails(table, data, choices),
    ...checkRare(table, data, choices),
  ];
  if (issues.length > 0) return issues;
  const refused = request.fitted
    ? checkGiven(request.fitted, featureCandidates(table, data, choices), request)
    : [];
  if (refused.length > 0) return refused;
  const labels = checkLabels(request, table);
  if (labels.length > 0) return labels;
  const selected = select(request, table);
  const { features, rows, targets, removed } = selected;
  const cells = checkCells([...targets.map((t) => t.column), ...features], table.name);
  if (cells.length > 0) return cells;
  if (features.length === 0) return [noFeature('none', selected)];
  if (features.length > MAX_FEATURES) return [tooWide(features.length)];
  const because = removed.length > 0 ? `; ${removed.join(' ').replace(/\.$/, '')}` : '';
  const unknown = checkClassesOfFiles(table, targets);
  if (unknown.length > 0) return unknown;
  const sizes = [
    ...(isByFractions(request, table) ? checkSplit(rows.length, data, 'data.params') : []),
    ...checkSplitSizes(request, table, selected),
  ].map((i) => ({
    ...i,
    got: i.got + because,
  }));
  const before = sizes.length > 0 ? sizes : checkVariation(targets, rows);
  if (before.length > 0) return before;
  const { selection, split, fitted } = prepare(request, table);
  if (selection.features.length === 0)
    return [noFeature(`none that varies in the ${split.train.length} training rows`, selection)];
  const untaught = request.fitted
    ? checkLeft(split)
    : checkTraining(selection, split, fitted, data, remedyOfSplit(request, table));
  return [...untaught, ...checkStored(selection, fitted, table)];
}

/** Every feature is a token, so attention limits their number. */
const MAX_FEATURES = 512;

const tooWide = (count: number): Issue => ({
  path: 'data.params.ignore',
  expected: `at most ${MAX_FEATURES} features`,
  got: String(count),
  remedy: 'Leave columns out with data.ignore, or make a table of fewer columns.',
});

/** How many notes a message repeats. */
const REPEATED = 4;

/** @param notes - of the selection, which say why columns are no features, and how to keep them */
function noFeature(got: string, { notes, targets }: Pick<Selection, 'notes' | 'targets'>): Issue {
  const names = targets.map((target) => target.column.name);
  const why = notes
    .filter(
      ({ code, column }) => code.startsWith('feature-') || (column !== undefined && !names.includes(column)),
    )
    .map((note) => note.text);
  const more = why.length > REPEATED ? ` ${why.length - REPEATED} more notes are like these.` : '';
  return {
    path: 'tasks.targets',
    expected: 'at least one column left as a feature',
    got,
    remedy:
      why.length === 0
        ? 'Choose fewer targets, or ignore fewer columns.'
        : `${why.slice(0, REPEATED).join(' ')}${more} Keep one of them, add a column that varies, or choose fewer targets.`,
  };
}

function plan(request: SourceRequest): DataPlan {
  const { selection, split, fitted } = prepare(request, tableOf(request));
  return {
    rows: selection.rows.length,
    trainingRows: split.train.length,
    features: fitted.features.map(featureMeta),
    tasks: fitted.targets.map(taskMeta),
  };
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const table = tableOf(request);
  const { selection, split, fitted } = prepare(request, table);
  const { encoded, notes } = await applyTable(selection, split, fitted, progress);
  const tasks = fitted.targets.map(taskMeta);
  return {
    name: table.name,
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
    notes: [
      ...selection.notes,
      ...notes,
      ...positiveNotes(selection),
      ...splitNotes(tasks, encoded.targets, split, remedyOfSplit(request, table)),
      ...correlationNotes(fitted),
      ...leakNotes(selection),
      ...repeatedRowNotes({ rows: selection.rows.length, ...encoded, split }),
    ].map(shortNote),
  };
}

/** Notes the positive class where the data decided it, and neither a word such as "yes" nor the user. */
function positiveNotes({ targets }: Selection): Note[] {
  return targets.flatMap(({ column: { name }, classes, positiveBy }) => {
    if (!classes || (positiveBy !== 'rarer' && positiveBy !== 'tie')) return [];
    const [negative, positive] = classes;
    const why = positiveBy === 'rarer' ? 'the rarer one' : 'the later of two equally frequent ones';
    return [
      {
        code: 'positive-class-chosen',
        text: `The positive class of ${name} is ${positive}, ${why}. For the other write ${formatTypedName(name, 'binary', negative)}.`,
      },
    ];
  });
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
  label: `Table (${Object.values(formats)
    .map((f) => f.label)
    .join(', ')})`,
  summary: 'A table of your own, or one of the examples: choose the columns to predict.',
  citation: 'Example: Palmer penguins, Gorman, Williams and Fraser 2014',
  deviations: [],
  dataParams,
  taskParams,
  open,
  check,
  plan,
  generate,
};
