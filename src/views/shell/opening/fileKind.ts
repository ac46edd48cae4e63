// The kind of a file, by its content if that identifies it, else by its extension: everything that the page and the command
// line write is recognised, so that one button and one drop target accept all of it. Pure.
import { WEIGHT_FILES } from '../../../engine/protocol/data.ts';

export type FileKind =
  | { kind: 'table' }
  | { kind: 'weights' }
  | { kind: 'runs' }
  | { kind: 'mask'; text: string }
  /** Contains an experiment: alone, in a case of mask tests, in a result, or in the settings beside weights. */
  | { kind: 'experiment'; of: ExperimentFile; text: string }
  | { kind: 'unknown'; got: string };

export type ExperimentFile = 'experiment' | 'case' | 'result' | 'card';

export interface GivenFile {
  name: string;
  /** The text, for extensions of text files other than tables; null for others. */
  text: string | null;
}

const endsWith = (name: string, endings: readonly string[]) =>
  endings.some((ending) => name.toLowerCase().endsWith(ending));

/** Archives of one table; the reader of tables says what is in them. */
const PACKED = ['.gz', '.gzip', '.zip'];

/** Workbooks of other kinds, some of them archives like weights; the reader of tables says what to save them as. */
const WORKBOOKS = ['.xls', '.xlsb', '.ods', '.numbers'];

/** Whether a file is a table by its name. */
export const isTableName = (name: string, tableEndings: readonly string[]): boolean =>
  endsWith(name, [...tableEndings, ...PACKED, ...WORKBOOKS]);

/** Whether the text is needed to find the kind. */
export const isTextual = (name: string, tableEndings: readonly string[]): boolean =>
  endsWith(name, ['.json', '.jsonl', '.txt']) ||
  !endsWith(name, [...tableEndings, ...PACKED, ...WORKBOOKS, ...WEIGHT_FILES]);

/** The first line of a file of runs: exported by the page, or runs of a sweep or their times from the command line. */
const RUNS = /^\{("format":"multitab-runs"|"type":"sweep",|"run":"[^"]+","startedAt":)/;

export function fileKind({ name, text }: GivenFile, tableEndings: readonly string[]): FileKind {
  if (endsWith(name, WEIGHT_FILES)) return { kind: 'weights' };
  const begins = text?.trimStart() ?? '';
  if (RUNS.test(begins)) return { kind: 'runs' };
  const isTable = isTableName(name, tableEndings);
  if (text !== null && begins.startsWith('{')) {
    const json = parsed(text);
    const found = fromJson(json, text);
    // A JSON table, or objects one after another, has none of our keys, or columns of that name.
    const isColumns = found.kind === 'experiment' && found.of === 'experiment' && hasColumns(json);
    return isTable && (found.kind === 'unknown' || !OURS.test(begins) || isColumns)
      ? { kind: 'table' }
      : found;
  }
  // A mask as text: lines of dots and crosses.
  if (text !== null && /^[.x][.x\s/|]*(@|$)/i.test(begins)) return { kind: 'mask', text };
  if (isTable) return { kind: 'table' };
  // Without a known extension: a zip of torch.save, or the header of safetensors, which begins at byte 8.
  if (text?.startsWith('PK\u0003\u0004') || text?.[8] === '{') return { kind: 'weights' };
  return { kind: 'unknown', got: text === '' ? 'an empty file' : 'none of these' };
}

/** A key at the start of experiments, cases, results, masks and settings beside weights, or within experiments. */
const OURS = /"(version|experiment|grid|data|model|training|format)"\s*:/;

function parsed(text: string): Record<string, unknown> | Error {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error as Error;
  }
}

/** Whether an object holds a table as pandas writes it: rows below names, or a list, or values by row numbers, per column. */
function hasColumns(json: Record<string, unknown> | Error): boolean {
  if (json instanceof Error) return false;
  const isColumn = (value: unknown) => Array.isArray(value) || areNumbers(Object.keys(value ?? {}));
  return Array.isArray(json.data) || Object.values(json).every(isColumn);
}

const areNumbers = (keys: readonly string[]) => keys.length > 0 && keys.every((key) => /^\d+$/.test(key));

function fromJson(json: Record<string, unknown> | Error, text: string): FileKind {
  if (json instanceof Error) return { kind: 'unknown', got: `JSON that cannot be read: ${json.message}` };
  const has = (key: string) => Object.hasOwn(json, key);
  const inner = () => JSON.stringify(json.experiment);
  if (has('grid')) return { kind: 'mask', text };
  if (has('experiment') && has('assertions')) return { kind: 'experiment', of: 'case', text: inner() };
  if (json.format === 'multitab-weights' && has('experiment'))
    return { kind: 'experiment', of: 'card', text: inner() };
  if (has('experiment') && has('seeds')) return { kind: 'experiment', of: 'result', text: inner() };
  return { kind: 'experiment', of: 'experiment', text };
}

/** What can be opened, for errors and for the dialog. */
export const OPENABLE =
  'a table, an experiment, a result of the command line, a case of mask tests, a mask, runs, a sweep of the command line, or weights';

/** A list of objects, or objects one after another: rows of a table. An object alone is an experiment. */
export const isPastedJson = (text: string): boolean =>
  /^\s*\[\s*\{/.test(text) || (/^\s*\{/.test(text) && /\}\s*\{/.test(text));

/** Cells of a spreadsheet, or lines of a CSV: at least two lines with equally many delimiters. */
export function isPastedTable(text: string): boolean {
  const [first = '', second = ''] = text.split(/\r\n|\n|\r/, 2);
  return ['\t', ';', ','].some((sign) => {
    const cells = first.split(sign).length;
    return cells > 1 && second.split(sign).length === cells;
  });
}
