// JSON in the forms that pandas, jq and other tools write. A list of rows, a row per line and objects one after another are read
// piece by piece, and a sample of their rows without the others; other forms as a whole.
import type { Note } from '../../core/notes.ts';
import { inPass, type ProgressSink } from '../progress.ts';
import { readPieces } from './decode.ts';
import {
  type DroppedLines,
  type FileFormat,
  type LayoutSettings,
  SAMPLED_BYTES,
  type TableReader,
} from './format.ts';
import { flatten, type JsonRow } from './jsonColumns.ts';
import { JsonPieces } from './jsonPieces.ts';
import { JsonRows, type RowsWanted } from './jsonRows.ts';
import { readWhole } from './jsonWhole.ts';
import { chooseRows, columnToSampleBy, Strata, sampleNote } from './sampling.ts';
import { columnOfValues } from './values.ts';

const SHOWN_NAMES = 20;

interface Read {
  form: JsonPieces['form'];
  rows: JsonRows;
  notes: Note[];
  dropped: DroppedLines[];
}

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const { sample, sampleRows, sampleBy, encoding, badLines } = settings;
  const passes = sample === 'random' || sample === 'stratified' ? 2 : 1;
  let pass = 0;
  const read = async (wanted: RowsWanted = {}, begin = () => {}): Promise<Read> => {
    const told = inPass(progress, pass++, passes);
    let rows = new JsonRows(name, badLines, wanted);
    const pieces = new JsonPieces(name, blob.size, () => {
      begin();
      rows = new JsonRows(name, badLines, wanted);
      return rows;
    });
    const maxBytes = sample === 'all' ? undefined : SAMPLED_BYTES;
    const notes = await readPieces(blob, name, told, encoding, pieces, maxBytes);
    const { form, whole, dropped } = pieces;
    if (form !== 'whole') return { form, rows, notes, dropped };
    // Its rows are not known before it is parsed, so that a sample is chosen behind that.
    rows = new JsonRows(name, badLines);
    readWhole(whole, name, rows, notes, pieces.wholeLine);
    return { form, rows, notes, dropped };
  };
  if (sample === 'all') return readerOf(await read());
  if (sample === 'first') {
    const first = await read({ limit: sampleRows });
    const { form, notes, rows } = first;
    if (form !== 'whole') notes.push(sampleNote(settings, rows.columns.rows));
    return readerOf(first, form !== 'whole');
  }
  let strata = new Strata();
  const names = new Set<string>();
  const count = await read(
    {
      isKept: () => false,
      // A row has the same number in both passes only if broken rows have none in either.
      findsBroken: badLines === 'leave-out',
      onRow: sample === 'random' ? undefined : (row) => strata.push(valueIn(row, sampleBy, names)),
    },
    () => {
      strata = new Strata();
    },
  );
  if (count.form === 'whole') return readerOf(count);
  if (sample === 'stratified') columnToSampleBy([...names], sampleBy, name);
  const of = count.rows.seen;
  const chosen = chooseRows(of, sample === 'random' ? null : strata.list(), sampleRows);
  const isChosen = new Uint8Array(of);
  for (const row of chosen) isChosen[row] = 1;
  const some = await read({ isKept: (row) => isChosen[row] === 1, broken: count.rows.brokenTexts });
  some.notes.push(sampleNote(settings, some.rows.columns.rows, of));
  return readerOf(some, true);
}

/**
 * The value that a row has in a column, as text; empty where it has none.
 * @param names - receives the names of columns: the first few, and the one looked for
 */
function valueIn(row: JsonRow, column: string, names: Set<string>): string {
  let text = '';
  flatten(row, (name, value) => {
    if (names.size < SHOWN_NAMES) names.add(name);
    if (name !== column) return;
    names.add(name);
    text = String(value ?? '');
  });
  return text;
}

function readerOf({ rows, form, notes, dropped }: Read, isSampled = false): TableReader {
  rows.finish(notes, dropped);
  const { columns, lines } = rows;
  // Rows that share a line are better named by their number.
  const haveLines =
    form !== 'whole' && lines.every((line, row) => row === 0 || line > (lines[row - 1] as number));
  const lineAt = haveLines ? (row: number) => lines[row] ?? 0 : undefined;
  return {
    schema: () => ({
      columns: columns.names,
      rows: columns.rows,
      firstRow: null,
      hasSemicolons: false,
      notes,
      dropped,
      isSampled,
    }),
    async column(column) {
      return columnOfValues(column, columns.valuesOf(column), { isTextFinal: false, lineAt });
    },
  };
}

export const json: FileFormat = {
  id: 'json',
  label: 'JSON',
  summary: 'JSON: a list of objects, or one object after another',
  extensions: ['.json', '.jsonl', '.ndjson'],
  open,
};
