// Parses a delimited text file into records: the delimiter is detected in the first piece, and used for all pieces.
import type { Note } from '../../core/notes.ts';
import type { PieceTaker } from './decode.ts';
import { BLANKS, delimiterOf, readSepLine, withSingleTabs } from './delimiter.ts';
import { type DroppedLines, droppedLines, FILE_LIMITS, type LayoutSettings } from './format.ts';
import { plain, tooManyRows } from './limits.ts';
import type { Records } from './recordStore.ts';
import { type RecordFilter, RecordParser } from './records.ts';

/** A file is refused by its estimated rows if they exceed the limit by this factor. */
const CERTAINLY = 1.2;

export interface Wanted {
  /** Stop after this many records. */
  limit?: number;
  isKept?: RecordFilter;
  onRecord?: (cells: readonly string[], record: number) => void;
}

export class DelimitedText implements PieceTaker {
  notes: Note[] = [];
  dropped: DroppedLines[] = [];
  delimiter = ',';
  private parser: RecordParser | null = null;
  /** Whether runs of blanks are replaced by one delimiter, in all of the text. */
  private ofBlanks: string | null = null;
  private taken = 0;

  constructor(
    private readonly name: string,
    /** Size of the file in bytes. */
    private readonly size: number,
    private readonly settings: LayoutSettings,
    private readonly wanted: Wanted = {},
  ) {}

  restart = (): void => {
    [this.notes, this.dropped, this.parser, this.ofBlanks, this.taken] = [[], [], null, null, 0];
  };

  take = (piece: string, isLast: boolean): boolean => {
    const parser = this.parser ?? this.begin(piece);
    const text = this.taken === 0 ? withoutSepLine(piece) : piece;
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
  records = (): Records => (this.parser as RecordParser).records(this.dropped);
}

const withoutSepLine = (piece: string) => piece.slice(readSepLine(piece)?.length ?? 0);
