// Parses a delimited text file into records: the delimiter is detected in the first piece, and used for all pieces.
import type { Note } from '../../core/notes.ts';
import type { PieceTaker } from './decode.ts';
import { BLANKS, delimiterOf, readSepLine, withSingleTabs } from './delimiter.ts';
import { type DroppedLines, droppedLines, FILE_LIMITS, type LayoutSettings } from './format.ts';
import { counted, plain, tooManyRows } from './limits.ts';
import { RecordParser, type RecordsWanted } from './recordParser.ts';
import type { Records } from './recordStore.ts';

/** A file is refused by its estimated rows if they exceed the limit by this factor. */
const CERTAINLY = 1.2;

/** Zero width space, word joiner, and a byte order mark that is not the first character. */
const INVISIBLE = ['\u200b', '\u2060', '\ufeff'];

/** Characters of a line that wait for its end. */
const MOST_HELD = 16 * 2 ** 20;

export interface Wanted extends RecordsWanted {
  /** Stop after this many records. */
  limit?: number;
}

export class DelimitedText implements PieceTaker {
  notes: Note[] = [];
  dropped: DroppedLines[] = [];
  delimiter = ',';
  private parser: RecordParser | null = null;
  /** Whether runs of blanks are replaced by one delimiter, in all of the text. */
  private ofBlanks: string | null = null;
  private taken = 0;
  private invisible = 0;
  /** The last sign of the text so far, and signs without width behind it, which wait for the next. */
  private last = '';
  private undecided = '';
  private indents = 0;
  private hasIndents = false;
  private heldBack = '';

  constructor(
    private readonly name: string,
    /** Size of the file in bytes. */
    private readonly size: number,
    private readonly settings: LayoutSettings,
    private readonly wanted: Wanted = {},
  ) {}

  restart = (): void => {
    [this.notes, this.dropped, this.parser, this.ofBlanks, this.taken] = [[], [], null, null, 0];
    [this.invisible, this.indents, this.hasIndents, this.heldBack] = [0, 0, false, ''];
    [this.last, this.undecided] = ['', ''];
  };

  take = (piece: string, isLast: boolean): boolean => {
    const parser = this.parser ?? this.begin(piece);
    const own = this.withoutInvisible(this.taken === 0 ? withoutSepLine(piece) : piece, isLast);
    const text = this.ofBlanks === null ? this.withoutIndents(own, isLast) : own;
    this.taken += piece.length;
    if (this.ofBlanks !== null) {
      this.ofBlanks += text;
      if (isLast) parser.add(withSingleTabs(this.ofBlanks), true);
      return true;
    }
    parser.add(text, isLast);
    const isEnough = this.wanted.limit !== undefined && parser.seen >= this.wanted.limit;
    if (!isLast && this.wanted.limit === undefined && !this.wanted.isKept) this.refuseEarly(parser.seen);
    return !isEnough;
  };

  /** Refuses a file that clearly has too many rows, without reading them. */
  private refuseEarly(seen: number): void {
    const expected = (seen * this.size) / this.taken;
    if (expected < CERTAINLY * FILE_LIMITS.rows) return;
    throw tooManyRows(this.name, `about ${plain(Number(expected.toPrecision(2)))} by the size of the file`);
  }

  /** Removes characters without width at the ends of cells, where they hide that a cell is a number or a known name. */
  private withoutInvisible(piece: string, isLast: boolean): string {
    const text = this.undecided + piece;
    this.undecided = '';
    const signs = `[${INVISIBLE.join('')}]+`;
    if (!INVISIBLE.some((sign) => text.includes(sign))) {
      this.last = text.at(-1) ?? this.last;
      return text;
    }
    if (!isLast) this.undecided = new RegExp(`${signs}$`).exec(text)?.[0] ?? '';
    const own = text.slice(0, text.length - this.undecided.length);
    const ends = `${this.delimiter === '|' ? '\\|' : this.delimiter}"\\n`;
    const pattern = new RegExp(
      `${this.last === '' ? `^${signs}|` : ''}(?<=[${ends}])${signs}|${signs}(?=[${ends}]${isLast ? '|$' : ''})`,
      'g',
    );
    const visible = (this.last + own).replace(pattern, () => {
      this.invisible++;
      return '';
    });
    const found = visible.slice(this.last.length);
    this.last = found.at(-1) ?? this.last;
    return found;
  }

  /** Removes blanks between a delimiter and a quote, which would make the quote a part of the cell: `1, "x, y"`. */
  private withoutIndents(piece: string, isLast: boolean): string {
    const sign = this.delimiter === '|' ? '\\|' : this.delimiter;
    // Two quotes are an empty cell, or a quote within one.
    const pattern = new RegExp(`(?<=^|${sign}) +(?="(?:[^"]|" *(?:${sign}|$)))`, 'gm');
    // The search alone would be a tenth of the time of reading.
    if (!this.hasIndents && !(piece.includes(' "') && pattern.test(piece))) return piece;
    pattern.lastIndex = 0;
    this.hasIndents = true;
    // A line waits for its end, because signs of the next piece may decide.
    const all = this.heldBack + piece;
    const end = isLast || all.length > MOST_HELD ? all.length : all.lastIndexOf('\n') + 1;
    this.heldBack = all.slice(end);
    return all.slice(0, end).replace(pattern, () => {
      this.indents++;
      return '';
    });
  }

  private begin(piece: string): RecordParser {
    const { settings, notes, dropped, wanted } = this;
    const sep = readSepLine(piece);
    if (sep) {
      const sign = sep.delimiter === '\t' ? 'a tab' : `"${sep.delimiter}"`;
      dropped.push(...droppedLines('sep-line', [1]));
      notes.push({ code: 'sep-line', text: `Line 1 says that ${sign} stands between cells, and is no row.` });
    }
    const isSaid = sep !== null && settings.delimiter === 'auto';
    const found = isSaid ? sep.delimiter : delimiterOf(withoutSepLine(piece), settings);
    if (found === BLANKS) {
      this.ofBlanks = '';
      if (settings.delimiter === 'auto')
        notes.push({
          code: 'blanks-between-cells',
          text: 'Blanks stand between the cells; data.delimiter decides.',
        });
    }
    this.delimiter = found === BLANKS ? '\t' : found;
    this.parser = new RecordParser(this.delimiter, sep ? 2 : 1, this.name, settings.comment, wanted);
    return this.parser;
  }

  /** Number of records in the file, without blank lines. */
  get seen(): number {
    return this.parser?.seen ?? 0;
  }

  /** The kept records; call once. */
  records = (): Records => {
    if (this.indents > 0)
      this.notes.push({
        code: 'blanks-before-quotes',
        text: `${counted(this.indents, 'quoted cell has', 'quoted cells have')} blanks before the quote, which do not count.`,
      });
    if (this.invisible > 0)
      this.notes.push({
        code: 'invisible-characters-left-out',
        text: `${counted(this.invisible, 'end of a cell has', 'ends of cells have')} characters without width, left out.`,
      });
    return (this.parser as RecordParser).records(this.dropped);
  };
}

const withoutSepLine = (piece: string) => piece.slice(readSepLine(piece)?.length ?? 0);
