// Reads the records of a delimited text file piece by piece, each with its line number. Most are cut as bytes; Papa Parse cuts
// those with quotes that need its rules, and says what is wrong with them.
import Papa from 'papaparse';
import { CellCutter, QUOTE_BYTE, SPARE } from './cellCutter.ts';
import { type DroppedLines, FILE_LIMITS } from './format.ts';
import { mebibytes, plain, refuse, tooManyRows } from './limits.ts';
import { type RecordFacts, RecordStore, Records } from './recordStore.ts';
import { breaksIn, FURTHER_RECORDS, SAMPLE_RECORDS, SHOWN_LINES } from './records.ts';

const SHOWN_CHARACTERS = 40;
/** Number of characters parsed at a time, so that cells are released soon. */
const PART = 2 ** 20;
/** Longest record in characters: an unclosed quote is not searched for beyond it. */
const MAX_RECORD = 16 * 2 ** 20;
/** Most bytes of UTF-8 that a character takes of UTF-16. */
const MAX_BYTES = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What is wanted of a file besides the records. */
export interface RecordsWanted {
  /**
   * Which records of the file are kept, counted from 0 without blank lines. Without it all are, and must be within the limit.
   */
  isKept?: (record: number) => boolean;
  /** A cell that is told of each record, whether it is kept or not; empty where a record has none. */
  watched?: { cell: number; tell: (text: string, record: number) => void };
}

/** Cuts the text of a file into records; quoted cells may contain line breaks. */
export class RecordParser {
  private readonly parser: Papa.Parser;
  private readonly cutter: CellCutter | null;
  /** Bytes that are not cut yet: `held` of them. */
  private bytes = new Uint8Array(0);
  private held = 0;
  /** Number of bytes before they are cut again, so that an incomplete record is not cut anew with every piece. */
  private enough = 0;
  private readonly store = new RecordStore(FILE_LIMITS.columns + 2);
  /** The first records decide how many cells are kept. */
  private isNarrow = false;
  private readonly blank: { count: number; first: number[] } = { count: 0, first: [] };
  /** Number of records so far. */
  seen = 0;

  /** @param line - line on which the text begins */
  constructor(
    delimiter: string,
    private line: number,
    private readonly name: string,
    private readonly comment: string,
    private readonly wanted: RecordsWanted = {},
  ) {
    this.parser = new Papa.Parser({ delimiter, newline: '\n' });
    const isPlain = /^[\t -~]$/.test(delimiter) && delimiter !== '"';
    this.cutter = isPlain ? new CellCutter(delimiter.charCodeAt(0)) : null;
  }

  /**
   * @param text - a piece of the file
   * @throws WorkbenchError (file)
   */
  add(text: string, isLast: boolean): void {
    let at = 0;
    do {
      let next = at + PART;
      // A pair of surrogates is one character of UTF-8.
      if (isHighSurrogate(text.charCodeAt(next - 1))) next++;
      this.addPart(text.slice(at, next), isLast && next >= text.length);
      at = next;
    } while (at < text.length);
  }

  private addPart(text: string, isLast: boolean): void {
    this.hold(text);
    if (!isLast && this.held < this.enough) return;
    let done = 0;
    if (this.cutter) {
      this.cutter.cut(this.bytes, this.held, isLast);
      done = this.cutter.end;
      this.takeCut(this.cutter, isLast && !this.cutter.isOdd);
    }
    if (!this.cutter || this.cutter.isOdd) done = this.held - this.parseFrom(done, isLast);
    this.bytes.copyWithin(0, done, this.held);
    this.held -= done;
    this.enough = Math.min(2 * this.held, MAX_RECORD + 1);
    if (this.held > MAX_RECORD && decoder.decode(this.bytes.subarray(0, this.held)).length > MAX_RECORD)
      throw refuse(
        `${this.name}, line ${this.line}`,
        `a record of at most ${mebibytes(MAX_RECORD)}`,
        'more than that',
        'Look for a quote that is not closed.',
      );
  }

  private hold(text: string): void {
    const room = this.held + MAX_BYTES * text.length + SPARE;
    if (this.bytes.length < room) {
      const longer = new Uint8Array(room + MAX_BYTES * PART);
      longer.set(this.bytes.subarray(0, this.held));
      this.bytes = longer;
    }
    this.held += encoder.encodeInto(text, this.bytes.subarray(this.held)).written;
  }

  private takeCut(cut: CellCutter, endsFile: boolean): void {
    const { bytes, comment } = this;
    const sign = encoder.encode(comment)[0];
    const kept = new Int32Array(cut.count);
    const facts: RecordFacts[] = [];
    for (let record = 0; record < cut.count; record++) {
      const line = this.line;
      if (!cut.isFilled(record, bytes)) {
        if (!(endsFile && record === cut.count - 1)) this.addBlank();
      } else {
        const cell = cut.first[record] as number;
        const first = bytes[cut.begins[record] as number] as number;
        // Any sign that is neither a blank nor that of a comment.
        const isPlain = first === QUOTE_BYTE || (first > 0x20 && first < 0x80 && first !== sign);
        if (this.isWanted(cut.width(record), (at) => cut.text(cell + at, bytes))) {
          kept[facts.length] = record;
          const isComment = comment !== '' && !isPlain && beginsLike(cut.text(cell, bytes), comment);
          facts.push({ line, isComment, hasBreaks: (cut.breaks[record] as number) > 0 });
        }
      }
      this.line += 1 + (cut.breaks[record] as number);
    }
    this.prepare(facts.length, (i) => cut.width(kept[i] as number), endsFile);
    this.store.addCut(bytes, cut, kept.subarray(0, facts.length), facts);
  }

  /** @returns how many bytes at the end are no whole record yet */
  private parseFrom(from: number, isLast: boolean): number {
    const text = decoder.decode(this.bytes.subarray(from, this.held));
    let found = this.parse(text, isLast);
    // The faulty record may continue in the next piece.
    if (found.errors.length > 0 && !isLast) found = this.parse(text, true);
    const rest = isLast ? 0 : encoder.encode(text.slice(found.meta.cursor)).length;
    this.take(found, text, isLast);
    return rest;
  }

  private parse(text: string, isLast: boolean): Papa.ParseResult<string[]> {
    return this.parser.parse(text, 0, !isLast);
  }

  private take({ data, errors }: Papa.ParseResult<string[]>, text: string, isLast: boolean): void {
    const quotes = errors.find((e) => e.type === 'Quotes');
    const faulty = quotes ? Math.min(quotes.row ?? 0, data.length - 1) : -1;
    const mayHoldBreaks = text.includes('"');
    const { comment } = this;
    const kept: string[][] = [];
    const facts: RecordFacts[] = [];
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
        if (this.isWanted(cells.length, (cell) => cells[cell] as string)) {
          kept.push(cells);
          const isComment = comment !== '' && text[at] !== '"' && beginsLike(cells[0] ?? '', comment);
          facts.push({ line: this.line, isComment, hasBreaks: lines > 1 });
        }
      } else if (!(isLast && index === data.length - 1)) this.addBlank();
      for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1;
      this.line += lines;
    }
    this.prepare(kept.length, (i) => (kept[i] as string[]).length, isLast);
    this.store.add(kept, facts);
  }

  /** Counts a record. @returns whether it is kept */
  private isWanted(width: number, textOf: (cell: number) => string): boolean {
    const { watched, isKept } = this.wanted;
    const record = this.seen++;
    if (watched) watched.tell(watched.cell < width ? textOf(watched.cell) : '', record);
    return isKept?.(record) ?? true;
  }

  /**
   * Checks that there is room for more records, and finds how many cells are kept of each once enough are there: one long line behind
   * the first ones must not make columns for all.
   * @param widthOf - number of cells of the i-th of them
   */
  private prepare(more: number, widthOf: (i: number) => number, isLast: boolean): void {
    const { store } = this;
    const count = store.length + more;
    if (!this.wanted.isKept && count > FILE_LIMITS.rows + FURTHER_RECORDS)
      throw tooManyRows(this.name, 'more than that');
    if (this.isNarrow || (!isLast && count < SAMPLE_RECORDS)) return;
    this.isNarrow = true;
    let most = 0;
    for (let i = 0; i < Math.min(SAMPLE_RECORDS, count); i++)
      most = Math.max(most, i < store.length ? store.widthOf(i) : widthOf(i - store.length));
    store.narrow(Math.min(store.width, most));
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
    return new Records(this.store);
  }
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

/** What a spreadsheet shows for a value that it cannot compute; it begins like a comment. */
const SPREADSHEET_ERROR =
  /^#(DIV\/0!|N\/A|NA|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA)/i;

const beginsLike = (cell: string, comment: string): boolean =>
  cell.trimStart().startsWith(comment) && !SPREADSHEET_ERROR.test(cell.trimStart());
