// Reads the records of a delimited text file through Papa Parse, piece by piece, each with its line number, and finds those
// that do not belong to the table: comments anywhere, titles above the header.
import Papa from 'papaparse';
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines, FILE_LIMITS, type LayoutSettings } from './format.ts';
import { areSame, linesAbove } from './header.ts';
import { counted, mebibytes, plain, refuse, tooManyRows } from './limits.ts';
import { type RecordFacts, RecordStore, Records } from './recordStore.ts';

const SHOWN_LINES = 5;
const SHOWN_CHARACTERS = 40;
/** How many records decide the number of cells in a line. */
export const SAMPLE_RECORDS = 1000;
/** How many lines above the table and between its rows may be no rows. */
export const FURTHER_RECORDS = 2000;
/** Number of characters parsed at a time, so that cells are released soon. */
const PART = 2 ** 20;
/** Longest record: an unclosed quote is not searched for beyond it. */
const MAX_RECORD = 16 * 2 ** 20;

/**
 * Which records of the file are kept, counted from 0 without blank lines. Without a filter all are, and must be within the
 * limit.
 */
export type RecordFilter = (record: number) => boolean;

/** Cuts the text of a file into records; quoted cells may contain line breaks. */
export class RecordParser {
  private readonly parser: Papa.Parser;
  private rest = '';
  /** Number of characters before `rest` is parsed again, so that an incomplete record is not parsed anew with every piece. */
  private enough = 0;
  private store: RecordStore | null = null;
  private pending: { records: string[][]; facts: RecordFacts[] } = { records: [], facts: [] };
  private readonly blank: { count: number; first: number[] } = { count: 0, first: [] };
  /** Number of records so far. */
  seen = 0;

  /** @param line - line on which the text begins */
  constructor(
    delimiter: string,
    private line: number,
    private readonly name: string,
    private readonly comment: string,
    /** Which records are kept, and a callback for each. */
    private readonly wanted: {
      isKept?: RecordFilter;
      onRecord?: (cells: readonly string[], record: number) => void;
    } = {},
  ) {
    this.parser = new Papa.Parser({ delimiter, newline: '\n' });
  }

  /**
   * @param text - a piece of the file
   * @throws WorkbenchError (file)
   */
  add(text: string, isLast: boolean): void {
    let at = 0;
    do {
      const next = at + PART;
      this.addPart(text.slice(at, next), isLast && next >= text.length);
      at = next;
    } while (at < text.length);
  }

  private addPart(text: string, isLast: boolean): void {
    const all = this.rest + text;
    if (!isLast && all.length < this.enough) {
      this.rest = all;
      return;
    }
    let found = this.parse(all, isLast);
    // The faulty record may continue in the next piece.
    if (found.errors.length > 0 && !isLast) found = this.parse(all, true);
    this.rest = isLast ? '' : all.slice(found.meta.cursor);
    this.enough = Math.min(2 * this.rest.length, MAX_RECORD + 1);
    if (this.rest.length > MAX_RECORD)
      throw refuse(
        `${this.name}, line ${this.line + found.data.length}`,
        `a record of at most ${mebibytes(MAX_RECORD)}`,
        'more than that',
        'Look for a quote that is not closed.',
      );
    this.take(found, all, isLast);
  }

  private parse(text: string, isLast: boolean): Papa.ParseResult<string[]> {
    return this.parser.parse(text, 0, !isLast);
  }

  private take({ data, errors }: Papa.ParseResult<string[]>, text: string, isLast: boolean): void {
    const quotes = errors.find((e) => e.type === 'Quotes');
    const faulty = quotes ? Math.min(quotes.row ?? 0, data.length - 1) : -1;
    const mayHoldBreaks = text.includes('"');
    const { isKept, onRecord } = this.wanted;
    const { records: kept, facts } = this.pending;
    let at = 0;
    for (const [index, cells] of data.entries()) {
      if (quotes && index === faulty) {
        const expected = 'quoted cells that end with a quote';
        const got = `${quotes.message}, in cell ${cells.length} of this line, which begins with ${JSON.stringify((cells.at(-1) ?? '').slice(0, SHOWN_CHARACTERS))}`;
        throw refuse(
          `${this.name}, line ${this.line}`,
          expected,
          got,
          'Correct the quotes of this line; a quote within a quoted cell is written twice.',
        );
      }
      const lines = mayHoldBreaks ? cells.reduce((sum, cell) => sum + breaksIn(cell), 1) : 1;
      if (cells.some((cell) => cell.trim() !== '')) {
        const record = this.seen++;
        onRecord?.(cells, record);
        if (!isKept || isKept(record)) {
          kept.push(cells);
          const isComment =
            this.comment !== '' && text[at] !== '"' && beginsLike(cells[0] ?? '', this.comment);
          facts.push({ line: this.line, isComment, hasBreaks: lines > 1 });
        }
      } else if (!(isLast && index === data.length - 1)) this.addBlank();
      for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1;
      this.line += lines;
    }
    // The first records decide how many cells are kept.
    if (!this.store && !isLast && kept.length < SAMPLE_RECORDS) return;
    this.store ??= new RecordStore(
      Math.min(
        FILE_LIMITS.columns + 2,
        kept.slice(0, SAMPLE_RECORDS).reduce((most, { length }) => Math.max(most, length), 0),
      ),
    );
    if (!isKept && this.store.length + kept.length > FILE_LIMITS.rows + FURTHER_RECORDS)
      throw tooManyRows(this.name, 'more than that');
    this.store.add(kept, facts);
    this.pending = { records: [], facts: [] };
  }

  private addBlank(): void {
    this.blank.count++;
    if (this.blank.count > FILE_LIMITS.rows)
      throw refuse(
        `${this.name}, line ${this.line}`,
        `at most ${plain(FILE_LIMITS.rows)} blank lines`,
        'more than that',
        'Take them out.',
      );
    if (this.blank.first.length < SHOWN_LINES) this.blank.first.push(this.line);
  }

  /** The kept records. */
  records(dropped: DroppedLines[]): Records {
    const { count, first } = this.blank;
    if (count > 0) dropped.push({ reason: 'blank-lines', count, lines: first });
    return new Records(this.store ?? new RecordStore(0));
  }
}

/** What a spreadsheet shows for a value that it cannot compute; it begins like a comment. */
const SPREADSHEET_ERROR =
  /^#(DIV\/0!|N\/A|NA|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA)/i;

const beginsLike = (cell: string, comment: string): boolean =>
  cell.trimStart().startsWith(comment) && !SPREADSHEET_ERROR.test(cell.trimStart());

/** Number of line breaks in a cell. */
export function breaksIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

export const listLines = (lines: readonly number[]) =>
  `line ${lines.slice(0, SHOWN_LINES).join(', ')}${lines.length > SHOWN_LINES ? ', …' : ''}`;

/** Removes comment lines; if most lines begin like comments, they are values. */
export function withoutComments(
  records: Records,
  { comment }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): { body: Records; above: { cells: readonly string[]; line: number } | null } {
  const comments = comment === '' ? [] : records.where(records.isComment);
  let first = 0;
  while (first < comments.length && comments[first] === first) first++;
  const below = comments.length - first;
  if (comments.length === 0 || first === records.length || below * 2 > records.length - first - 1)
    return { body: records, above: null };
  const lines = comments.map(records.line);
  dropped.push(...droppedLines('comment-lines', lines));
  notes.push({
    code: 'comment-lines-left-out',
    text: `${counted(lines.length, `line begins with ${comment} and is left out as a comment`, `lines begin with ${comment} and are left out as comments`)} (${listLines(lines)}); data.comment decides.`,
  });
  const body = below === 0 ? records.slice(first) : records.filter((i) => !records.isComment(i));
  const above = first === 0 ? null : { cells: records.cells(first - 1), line: records.line(first - 1) };
  return { body, above };
}

/** A line of dashes, as under the names of a table for people: `---+---`, `|:--|--:|`. */
const isRule = (cells: readonly string[]): boolean =>
  cells.every((cell) => /^[-+=:|\s]*$/.test(cell)) && cells.some((cell) => /--|==/.test(cell));
/** Such lines stand among the first of a table, or last. */
const RULES_AT = 3;

/** Removes lines of dashes above and below the names, and at the end. */
export function withoutRules(records: Records, notes: Note[], dropped: DroppedLines[]): Records {
  const last = records.length - 1;
  const rules = [
    ...Array(Math.min(RULES_AT, records.length)).keys(),
    ...(last >= RULES_AT ? [last] : []),
  ].filter((i) => isRule(records.cells(i)));
  if (rules.length === 0) return records;
  const lines = rules.map(records.line);
  dropped.push(...droppedLines('rule-lines', lines));
  notes.push({
    code: 'rule-lines-left-out',
    text: `${counted(lines.length, 'line of dashes is', 'lines of dashes are')} left out (${listLines(lines)}).`,
  });
  return records.filter((i) => !rules.includes(i));
}

/** Removes lines below the header that are the same again, as where files were joined. */
export function withoutRepeatedNames(
  records: Records,
  header: readonly string[],
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  const names = header.map((cell) => cell.trim());
  // One name may be a value as well.
  if (names.length < 2) return records;
  const found: number[] = [];
  let at = 0;
  for (const part of records.parts(0))
    for (const cell of part) {
      if (cell.trim() === names[0] && areSame(names, records.cells(at))) found.push(at);
      at++;
    }
  // Of a table that would have no row, the lines are rows.
  if (found.length === 0 || found.length === records.length) return records;
  const lines = found.map(records.line);
  dropped.push(...droppedLines('repeated-names', lines));
  notes.push({
    code: 'repeated-names-left-out',
    text: `${counted(lines.length, 'line names the columns again and is', 'lines name the columns again and are')} left out (${listLines(lines)}). If they are rows, set data.header to present.`,
  });
  const left = new Set(found);
  return records.filter((i) => !left.has(i));
}

/** Removes lines above the header: as many as set, or those that do not belong to the table. */
export function withoutTitles(
  records: Records,
  usual: number,
  { skipLines }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  const above =
    skipLines < 0
      ? linesAbove(records.heads(SAMPLE_RECORDS), usual)
      : records.where((i) => records.line(i) <= skipLines).length;
  if (above > 0) {
    const lines = Array.from({ length: above }, (_, i) => records.line(i));
    dropped.push(...droppedLines('title-lines', lines));
    const text = records
      .cells(0)
      .filter((cell) => cell !== '')
      .join(' ');
    notes.push({
      code: 'title-lines-left-out',
      text: `${counted(above, 'line above the header is', 'lines above the header are')} left out (${listLines(lines)}), such as "${text}"; data.skipLines decides.`,
    });
  }
  return records.slice(above);
}
