// The rows of JSON as columns of values: objects in objects become columns such as `place.city`, in the order in which their names
// first appear.
import type { Note } from '../../core/notes.ts';
import { Repeats } from './jsonRepeats.ts';
import { checkLimits, plain, refuse } from './limits.ts';
import { type CellValue, cellText } from './values.ts';

const MAX_DEPTH = 5;
const SHOWN = 5;
/** Rows between two checks of the limits. */
const CHECK_EVERY = 1024;

export type JsonRow = Record<string, CellValue>;

export const isObject = (value: unknown): value is JsonRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface JsonColumn {
  values: CellValue[];
  /** Number of rows that have the key. */
  present: number;
}

type Put = (name: string, value: CellValue) => void;

/** The names and values of a row, objects in objects taken apart. @returns the names that held objects */
export function flatten(row: JsonRow, put: Put): string[] {
  const nested: string[] = [];
  // Without a list of the values, which would be made for every row.
  for (const key in row) visit(key.trim() || 'column', row[key], 0, put, nested);
  return nested;
}

function visit(name: string, value: CellValue, depth: number, put: Put, nested: string[]): void {
  if (!isObject(value) || depth === MAX_DEPTH) {
    put(name, value);
    return;
  }
  nested.push(name);
  for (const key in value) visit(`${name}.${key}`, value[key], depth + 1, put, nested);
}

export class JsonColumns {
  rows = 0;
  /** Keys that gave more than one value to a row. */
  readonly repeats = new Repeats();
  /** Where the row that is added stands. */
  private place = '';
  private readonly columns = new Map<string, JsonColumn>();
  private readonly nested = new Set<string>();
  private readonly lists = new Set<string>();

  /** @param file - its name, for messages */
  constructor(private readonly file: string) {}

  get names(): string[] {
    return [...this.columns.keys()];
  }

  /**
   * @param line - null where the row has none of its own
   * @throws WorkbenchError (file) beyond the limits of a table
   */
  add(row: JsonRow, line: number | null = null): void {
    this.place = line === null ? `row ${this.rows + 1}` : `line ${line}`;
    for (const name of flatten(row, this.put)) this.nested.add(name);
    this.rows++;
    if (this.rows % CHECK_EVERY === 0) checkLimits(this.columns.size, this.rows, this.file);
  }

  private readonly put = (name: string, value: CellValue): void => {
    let column = this.columns.get(name);
    if (!column) {
      column = { values: [], present: 0 };
      this.columns.set(name, column);
      checkLimits(this.columns.size, this.rows + 1, this.file);
    }
    const { values } = column;
    // Without holes, which would turn the list into a map.
    while (values.length < this.rows) values.push(undefined);
    const isList = typeof value === 'object' && value !== null;
    if (isList) this.lists.add(name);
    // Names that are the same without blanks at their ends, or as the path to a value in objects, count once.
    if (values.length === this.rows) column.present++;
    else this.repeats.add(name, this.place);
    values[this.rows] = isList ? cellText(value, name) : value;
  };

  /** @throws WorkbenchError (file) without a row or a column */
  finish(notes: Note[]): void {
    if (this.rows === 0) throw refuse(this.file, 'at least one row', 'none', 'Choose a file with rows.');
    if (this.columns.size === 0)
      throw refuse(this.file, 'at least one column', 'rows without values', 'Choose a file with values.');
    checkLimits(this.columns.size, this.rows, this.file);
    for (const { values } of this.columns.values()) while (values.length < this.rows) values.push(undefined);
    const first = (names: Iterable<string>) => [...names].slice(0, SHOWN).join(', ');
    if (this.nested.size > 0)
      notes.push({
        code: 'objects-flattened',
        text: `Objects in ${first(this.nested)} become columns of their own.`,
      });
    if (this.lists.size > 0)
      notes.push({ code: 'lists-as-text', text: `Lists in ${first(this.lists)} are read as text.` });
    notes.push(...this.repeats.notes());
    const partly = [...this.columns].filter(([, { present }]) => present < this.rows);
    if (partly.length > 0)
      notes.push({
        code: 'keys-absent',
        text: `${partly
          .slice(0, SHOWN)
          .map(([name, { present }]) => `${name} stands in ${plain(present)}`)
          .join(', ')} of ${plain(this.rows)} rows: it is missing in the others.`,
      });
  }

  valuesOf = (name: string): readonly CellValue[] => this.columns.get(name)?.values ?? [];
}
