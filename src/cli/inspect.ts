// `multitab inspect`: how a table is read (types, missing values, rows left out), as text or JSON, without training.
import { formatIssue, WorkbenchError } from '../engine/core/errors.ts';
import { inspectFile, type TableInspection } from '../engine/data/inspect.ts';
import { checkReadingLists } from '../engine/data/reading.ts';
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
  const data = tableSettings(options);
  const issues = checkReadingLists(data);
  if (issues.length > 0) throw new WorkbenchError('config', issues.map(formatIssue).join('\n'), issues);
  const seen = await inspectFile(await readTables('FILE', tablePaths(options.file, options)), data);
  process.stdout.write(`${options.json ? toJson(seen, 2) : inspectionText(seen)}\n`);
  return 0;
}

const MAX_EXAMPLES = 40;
const short = (value: number | string | null) =>
  value === null ? '' : typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
const clipped = (text: string) => (text.length > MAX_EXAMPLES ? `${text.slice(0, MAX_EXAMPLES)}…` : text);

export function inspectionText({ format, rows, dropped, notes, columns }: TableInspection): string {
  const lines = columns.map((c) => [
    clipped(c.name),
    c.type,
    String(c.distinct),
    String(c.missing),
    short(c.min),
    short(c.max),
    short(c.mean),
    clipped(c.examples.join(', ').replace(/\s/g, ' ')),
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
        `${clipped(c.name)}: ${c.type}, ${c.reason}.${c.markers.length > 0 ? ` Missing: ${c.markers.map((m) => `"${m}"`).join(', ')}.` : ''}`,
    ),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `note: ${note.text}`)] : []),
  ].join('\n');
}
