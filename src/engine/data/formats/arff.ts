// ARFF, the format of Weka and OpenML: typed attributes, then rows, dense or sparse.
import { readDate } from '../dates.ts';
import type { ProgressSink } from '../progress.ts';
import { readText } from './decode.ts';
import type { FileFormat, LayoutSettings, ReaderColumn, TableReader } from './format.ts';
import { checkLimits, refuse } from './limits.ts';
import { filledLines } from './lines.ts';
import { columnOfValues, uniqueNames } from './values.ts';

interface Attribute {
  name: string;
  kind: 'numeric' | 'nominal' | 'string' | 'date';
  /** For nominal attributes only. */
  classes: string[];
}

interface Row {
  cells: (string | null)[];
  line: number;
}

const NUMERIC = /^(numeric|real|integer)$/i;
const unescaped = (text: string) => text.replace(/\\(.)/g, '$1');

/**
 * The quoted text at the start and what follows it, or null. By hand, because an expression that looks for its end would need as
 * much stack as the text is long.
 */
function quotedAt(text: string): { value: string; rest: string } | null {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') return null;
  for (let at = 1; at < text.length; at += text[at] === '\\' ? 2 : 1)
    if (text[at] === quote) return { value: unescaped(text.slice(1, at)), rest: text.slice(at + 1) };
  return null;
}

/** Cells between commas or tabs; null for a missing one ("?"). Returns null if a quote is not closed. */
function cellsOf(text: string): (string | null)[] | null {
  const cells: (string | null)[] = [];
  let rest = text.trim();
  for (;;) {
    const quoted = quotedAt(rest);
    if (quoted) {
      cells.push(quoted.value);
      rest = quoted.rest.trimStart();
      if (rest === '') return cells;
      if (!rest.startsWith(',')) return null;
      rest = rest.slice(1).trimStart();
      continue;
    }
    if (rest.startsWith("'") || rest.startsWith('"')) return null;
    const end = rest.search(/[,\t]/);
    const bare = (end < 0 ? rest : rest.slice(0, end)).trim();
    cells.push(bare === '?' || bare === '' ? null : bare);
    if (end < 0) return cells;
    rest = rest.slice(end + 1).trimStart();
  }
}

function attributeOf(text: string, place: string): Attribute {
  const behind = text.replace(/^@attribute\s+/i, '');
  const quoted = quotedAt(behind);
  const end = quoted ? 0 : behind.search(/[\s{]/);
  const name = quoted ? quoted.value : behind.slice(0, Math.max(0, end));
  const rest = quoted ? quoted.rest : behind.slice(name.length);
  const type = rest.trimStart();
  const bad = (got: string) =>
    refuse(place, '@attribute NAME numeric, string, date or {class, class}', got, 'Correct the line.');
  const isUnclosed = !quoted && /^['"]/.test(behind);
  const isApart = rest !== type || type.startsWith('{');
  if (behind === text || (!quoted && name === '') || type === '' || !isApart || isUnclosed)
    throw bad(text.slice(0, 60));
  if (type.startsWith('{')) {
    const classes = cellsOf(type.slice(1, type.lastIndexOf('}')));
    if (!classes) throw bad(text.slice(0, 60));
    return { name, kind: 'nominal', classes: classes.map((cell) => cell ?? '?') };
  }
  const word = type.split(/\s/)[0] ?? '';
  if (NUMERIC.test(word)) return { name, kind: 'numeric', classes: [] };
  if (/^string$/i.test(word)) return { name, kind: 'string', classes: [] };
  if (/^date$/i.test(word)) return { name, kind: 'date', classes: [] };
  throw bad(`the type ${type.trim()}`);
}

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const { text, notes } = await readText(blob, name, progress, settings.encoding);
  const attributes: Attribute[] = [];
  const rows: Row[] = [];
  let inData = false;
  for (const { line: whole, number } of filledLines(text, name)) {
    const line = whole.trim();
    const place = `${name}, line ${number}`;
    if (line.startsWith('%')) continue;
    if (inData) {
      // A sparse row is two characters, and has a cell for every attribute.
      checkLimits(attributes.length, rows.length + 1, name);
      rows.push({ cells: rowOf(line, attributes, place), line: number });
    } else if (/^@data\b/i.test(line)) inData = true;
    else if (/^@attribute\b/i.test(line)) attributes.push(attributeOf(line, place));
    else if (!/^@relation\b/i.test(line))
      throw refuse(
        place,
        '@relation, @attribute or @data',
        line.slice(0, 60),
        'Correct the line; comments begin with %.',
      );
  }
  if (attributes.length === 0 || rows.length === 0)
    throw refuse(
      name,
      '@attribute lines, @data, and at least one row',
      `${attributes.length} attributes and ${rows.length} rows`,
      'Choose a file with rows.',
    );
  const { names, renamed } = uniqueNames(attributes.map((attribute) => attribute.name));
  notes.push(...renamed.map((text) => ({ code: 'header-renamed', text })));
  return {
    schema: () => ({ columns: names, rows: rows.length, firstRow: null, hasSemicolons: false, notes }),
    column: async (column) => {
      const c = names.indexOf(column);
      return columnOf(column, c, attributes[c] as Attribute, rows, name);
    },
  };
}

function rowOf(line: string, attributes: readonly Attribute[], place: string): (string | null)[] {
  if (line.startsWith('{')) return sparseRow(line, attributes, place);
  const cells = cellsOf(line);
  if (!cells)
    throw refuse(place, 'cells between commas', line.slice(0, 60), 'Correct the quotes of this line.');
  if (cells.length !== attributes.length)
    throw refuse(
      place,
      `${attributes.length} cells, one per attribute`,
      String(cells.length),
      'Correct the line; cells with commas stand in quotes.',
    );
  return cells;
}

/** What an attribute has that a sparse row does not name: 0, which among classes is the first, and as a date that of Unix. */
const unnamedCell = ({ kind, classes }: Attribute): string | null =>
  kind === 'nominal' ? (classes[0] ?? null) : kind === 'date' ? '1970-01-01' : '0';

/** A row of `{index value, ...}`. */
function sparseRow(line: string, attributes: readonly Attribute[], place: string): (string | null)[] {
  const cells = attributes.map(unnamedCell);
  const pairs = pairsOf(line);
  if (!pairs) throw refuse(place, '{index value, ...}', line.slice(0, 60), 'Correct the line.');
  const given = new Set<number>();
  for (const [text, cell] of pairs) {
    const index = Number(text);
    if (!Number.isInteger(index) || index < 0 || index >= cells.length)
      throw refuse(place, `indices from 0 to ${cells.length - 1}`, text, 'Correct the line.');
    if (given.has(index)) throw refuse(place, 'one value per index', `${index} twice`, 'Correct the line.');
    given.add(index);
    cells[index] = cell;
  }
  return cells;
}

/** The indices and cells of a sparse row; null if it is none. Quoted cells may hold what looks like a pair or an end. */
function pairsOf(line: string): [index: string, cell: string | null][] | null {
  const pairs: [string, string | null][] = [];
  let rest = line.slice(1).trimStart();
  if (rest === '}') return pairs;
  for (;;) {
    const index = /^[^\s,{}'"]+/.exec(rest)?.[0];
    if (index === undefined) return null;
    // Some writers put a comma between index and value.
    rest = rest.slice(index.length).replace(/^(\s*,)?\s*/, '');
    const quoted = quotedAt(rest);
    if (!quoted && /^['"]/.test(rest)) return null;
    const bare = quoted ? '' : (/^[^,}]*/.exec(rest)?.[0] ?? '');
    if (quoted) pairs.push([index, quoted.value]);
    else if (bare.trim() === '') return null;
    else pairs.push([index, bare.trim() === '?' ? null : bare.trim()]);
    rest = quoted ? quoted.rest.trimStart() : rest.slice(bare.length);
    if (rest === '}') return pairs;
    if (!rest.startsWith(',')) return null;
    rest = rest.slice(1).trimStart();
  }
}

function columnOf(
  name: string,
  c: number,
  { kind, classes }: Attribute,
  rows: readonly Row[],
  file: string,
): ReaderColumn {
  const bad = ({ line, cells }: Row, expected: string) =>
    refuse(
      `${file}, line ${line}, column ${name}`,
      expected,
      JSON.stringify(cells[c]),
      'Correct the cell or the attribute.',
    );
  const cellOf = (row: Row) => row.cells[c] ?? null;
  if (kind === 'string')
    return columnOfValues(name, rows.map(cellOf), {
      isTextFinal: false,
      lineAt: (row) => rows[row]?.line ?? 0,
    });
  if (kind === 'nominal') {
    const codeOf = new Map(classes.map((text, code) => [text, code]));
    const codes = Int32Array.from(rows, (row) => {
      const cell = cellOf(row);
      if (cell === null) return -1;
      const code = codeOf.get(cell);
      if (code === undefined) throw bad(row, `one of ${classes.slice(0, 8).join(', ')}`);
      return code;
    });
    return { kind: 'codes', name, codes, names: classes, type: 'nominal' };
  }
  const values = Float64Array.from(rows, (row) => {
    const cell = cellOf(row);
    if (cell === null) return Number.NaN;
    const value = kind === 'date' ? (readDate(cell, 'ymd', true) ?? Number.NaN) : Number(cell);
    if (Number.isNaN(value)) throw bad(row, kind === 'date' ? 'a date such as 2024-03-01' : 'a number');
    return value;
  });
  return { kind: 'numbers', name, values, areDates: kind === 'date', type: kind };
}

export const arff: FileFormat = {
  id: 'arff',
  label: 'ARFF',
  summary: 'ARFF',
  extensions: ['.arff'],
  open,
};
