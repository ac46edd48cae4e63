// Columns without information: empty, constant, or identifiers of rows. They are left out with a note, unless their type is
// set.
import { formatTypedName } from '../config/names.ts';
import { clip } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { type Column, describeCells, isIdentifier } from './columns.ts';

/** Names of columns that number the rows, in any case. */
const NAME_OF_ROWS =
  /^(#|id|index|idx|row|rows|rownames?|row[ _.-]?(id|no|nr|num|number|index|name)|nr|no|num|number|obs|observation|record|record[ _.-]?(id|no|number)|serial|seq|sno|s\.? ?no\.?|level_0|unnamed: ?\d+|column 1)$/i;
/** Names of columns that identify something else, such as a customer. */
const NAME_OF_IDS = /(^|[ _.-])(id|uid|uuid|guid|identifier)$|[a-z](Id|ID)$/;
const DIGITS = /^\d+$/;
/** With fewer rows, all numbers may differ by chance. */
const MIN_ROWS = 20;

/** Notes of reading on what the values of a column become: nothing, where it is left out. */
const OF_VALUES: ReadonlySet<string> = new Set([
  'digits-read-as-categories',
  'column-read-as-categories',
  'category-may-mean-missing',
  'spellings-kept-apart',
  'spellings-merged',
]);

/** Notes without those on what becomes of columns that are left out as asked. */
export const withoutIgnored = (notes: readonly Note[], ignored: ReadonlySet<string>): Note[] =>
  notes.filter(({ code, column }) => column === undefined || !ignored.has(column) || !OF_VALUES.has(code));

export interface LeftOut extends Note {
  /** Reason, without the column's name. */
  reason: string;
}

/** Whether every cell is one more than the cell above. */
export function countsRows({ kind, numbers, distinct, rows }: Column): boolean {
  if (kind !== 'numeric' || distinct !== rows || rows < 3) return false;
  const first = numbers[0] as number;
  return Number.isInteger(first) && numbers.every((value, row) => value === first + row);
}

const areWhole = ({ kind, numbers, distinct, rows }: Column) =>
  kind === 'numeric' && distinct === rows && rows >= MIN_ROWS && numbers.every(Number.isInteger);

/** What stands behind the number in all texts, such as "kg"; null where it is not one and the same. */
function unitOf(texts: readonly string[]): string | null {
  const behind = (text: string) => /^[-+]?\d[\d.,]*\s?([^\d\s.,]{1,10})$/.exec(text)?.[1] ?? null;
  const unit = behind(texts[0] ?? '');
  return texts.every((text) => behind(text) === unit) ? unit : null;
}

/** Why a column is not used as a feature; null if it is. */
export function reasonToLeaveOut(column: Column): LeftOut | null {
  const { name, distinct, isAsked } = column;
  const first = clip(column.values[0] ?? '');
  // A number and infinities are not a constant; these cells are reported where the column is used.
  if (column.beyond.count > 0) return null;
  // Nor are texts in a column that was said to hold numbers no values: they are reported likewise.
  if (distinct === 0 && column.kind === 'numeric' && column.texts.count > 0) return null;
  const note = (code: string, reason: string, text: string): LeftOut => ({
    code,
    column: name,
    reason,
    text,
  });
  if (distinct < 2) {
    const what = distinct === 0 ? 'has no values' : 'is constant';
    const reason = distinct === 0 ? 'no cell holds a value' : `constant: "${first}" in all filled cells`;
    return note('constant-column-left-out', reason, `Column ${name} ${what} and is left out.`);
  }
  const numbers = column.rows - column.missing - column.texts.count;
  if (isIdentifier(column) && numbers > 0 && column.texts.count > 0) {
    // As text, the column would have too many categories; but a column that is half numbers does not identify rows.
    return note(
      'identifier-left-out',
      `${numbers.toLocaleString('en')} numbers beside texts such as ${describeCells(column.texts)}, too many different ones for categories`,
      `Column ${name} holds ${numbers.toLocaleString('en')} numbers beside texts such as ${describeCells(column.texts)}: too many different ones for categories, so it is left out. If it is one of numbers, write all of them in one notation and without units, or count the texts as missing with data.missingMarkers. To keep it as it is, set data.types to ${formatTypedName(name, 'categorical')}.`,
    );
  }
  if (isIdentifier(column)) {
    if (column.values.every((text) => DIGITS.test(text)))
      return note(
        'identifier-left-out',
        `${distinct.toLocaleString('en')} different texts of digits such as "${first}" name the rows`,
        `Column ${name} has ${distinct.toLocaleString('en')} different texts of digits (${column.reason}), looks like an identifier, and is left out. To keep it, set data.types to ${formatTypedName(name, 'categorical')}, or to ${formatTypedName(name, 'numeric')} if these are numbers.`,
      );
    const unit = unitOf(column.values);
    if (unit !== null)
      return note(
        'identifier-left-out',
        `${distinct.toLocaleString('en')} different texts such as "${first}", too many for categories`,
        `Column ${name} has ${distinct.toLocaleString('en')} different texts such as "${first}", each a number with "${unit}" behind it: too many different ones for categories, so it is left out. To read it as numbers, take "${unit}" out of the cells of the file. To keep it as it is, set data.types to ${formatTypedName(name, 'categorical')}.`,
      );
    return note(
      'identifier-left-out',
      `${distinct.toLocaleString('en')} different texts such as "${first}" name the rows`,
      `Column ${name} has ${distinct.toLocaleString('en')} different texts such as "${first}", looks like an identifier, and is left out. To keep it, set data.types to ${formatTypedName(name, 'categorical')}.`,
    );
  }
  if (isAsked) return null;
  const keep = `To keep it, set data.types to ${formatTypedName(name, 'numeric')}.`;
  if (NAME_OF_ROWS.test(name) && countsRows(column)) {
    return note(
      'row-numbers-left-out',
      `it counts the rows from ${first}`,
      `Column ${name} counts the rows from ${column.numbers[0]}, and is left out as an identifier. ${keep}`,
    );
  }
  if (NAME_OF_IDS.test(name) && areWhole(column)) {
    return note(
      'identifier-left-out',
      'its name is that of identifiers, and each row has another whole number',
      `Column ${name} has another whole number in each row and a name of identifiers, and is left out. ${keep}`,
    );
  }
  return null;
}
