// `multitab inspect`: how a table is read (types, missing values, rows left out), as text or JSON, without training.
import { catalog } from '../engine/catalog.ts';
import { parseExperiment } from '../engine/config/experiment.ts';
import type { Params } from '../engine/config/params.ts';
import { formatIssue, visible, WorkbenchError } from '../engine/core/errors.ts';
import { inspectFile, type TableInspection } from '../engine/data/inspect.ts';
import { checkReadingLists } from '../engine/data/reading.ts';
import { applySettings } from './experiment.ts';
import { readTables } from './files.ts';
import { toJson } from './json.ts';
import { type ReadingOptions, tablePaths, tableSettings } from './reading.ts';
import { textTable } from './tables.ts';

export interface InspectOptions extends ReadingOptions {
  file: string;
  json: boolean;
}

/** @returns the exit code */
export async function inspectCommand(options: InspectOptions): Promise<number> {
  const data = inspectSettings(options);
  const issues = checkReadingLists(data);
  if (issues.length > 0) throw new WorkbenchError('config', issues.map(formatIssue).join('\n'), issues);
  const seen = await inspectFile(await readTables('FILE', tablePaths(options.file, options)), data);
  process.stdout.write(`${options.json ? toJson(seen, 2) : inspectionText(seen)}\n`);
  return 0;
}

/**
 * The settings of reading: those of options, and of `--set data.KEY=VALUE`.
 * @throws WorkbenchError (config)
 */
export function inspectSettings(options: ReadingOptions): Params {
  const params = tableSettings(options);
  const { set = [] } = options;
  const other = set.find((setting) => !setting.startsWith('data.'));
  if (other !== undefined)
    throw WorkbenchError.of('config', {
      path: '--set',
      expected: 'data.KEY=VALUE, because nothing is trained',
      got: other,
      remedy: 'For example --set data.badLines=leave-out.',
    });
  const id = catalog.sources.find((source) => source.needsFile)?.id;
  const { experiment } = parseExperiment({ data: { id, params } }, catalog);
  return applySettings(experiment, set).data.params;
}

const MAX_EXAMPLES = 40;
const short = (value: number | string | null) =>
  value === null ? '' : typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
const clipped = (text: string) =>
  visible(text.length > MAX_EXAMPLES ? `${text.slice(0, MAX_EXAMPLES)}…` : text);

export function inspectionText({ format, rows, dropped, notes, columns }: TableInspection): string {
  const lines = columns.map((c) => [
    clipped(c.name),
    c.type,
    String(c.distinct),
    String(c.missing),
    short(c.min),
    short(c.max),
    short(c.mean),
    clipped(c.examples.join(', ')),
  ]);
  const header = ['column', 'type', 'distinct', 'missing', 'min', 'max', 'mean', 'examples'];
  return [
    `${format}, ${rows.toLocaleString('en')} rows, ${columns.length.toLocaleString('en')} columns`,
    ...dropped.map(
      ({ reason, count, lines, file }) =>
        `left out: ${count} ${reason} (${file === undefined ? '' : `${file}, `}line ${lines.join(', ')}${count > lines.length ? ', …' : ''})`,
    ),
    '',
    textTable(header, lines),
    '',
    ...columns.map(
      (c) =>
        `${clipped(c.name)}: ${c.type}, ${c.reason}.${c.markers.length > 0 ? ` Missing: ${c.markers.map((m) => `"${visible(m)}"`).join(', ')}.` : ''}`,
    ),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `note: ${note.text}`)] : []),
  ].join('\n');
}
