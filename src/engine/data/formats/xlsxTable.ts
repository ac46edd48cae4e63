// One sheet of an Excel workbook as a table, by the rules of text files: titles above the names, sources below the rows, names that are
// none. Numbers keep their digits and their notation, dates are those that their formats make them.
import { clip } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import { isZip } from '../../core/zip.ts';
import type { ProgressSink } from '../progress.ts';
import { readerOf, understand } from './csv.ts';
import { type DroppedLines, FILE_LIMITS, type LayoutSettings, type TableReader } from './format.ts';
import { counted, mebibytes, plain, refuse } from './limits.ts';
import { Records } from './recordStore.ts';
import { FURTHER_RECORDS } from './records.ts';
import { sampleNote } from './sampling.ts';
import type { SheetCells } from './sheetCells.ts';
import { checkUnpacked } from './unzip.ts';
import { type Book, readBook, type SheetPart } from './xlsxBook.ts';
import { withJoinedNames } from './xlsxNames.ts';
import { columnName, type Occurrences, SheetContent } from './xlsxSheet.ts';
import { readXml } from './xml.ts';

/** Sheets are read piece by piece, and may be larger than what is unpacked as a whole. */
const SHEET_BYTES = 4 * FILE_LIMITS.bytes;
const NAMED_SHEETS = 8;
/** What a sheet of one column is told, where a text file would be told to set its delimiter. */
const NOT_CUT =
  'The sheet has one column, and its cells look as if each held several. Take them apart in a spreadsheet program (Data, Text to Columns), or save the sheet as CSV.';

export async function openWorkbook(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  if (blob.size > FILE_LIMITS.bytes)
    throw refuse(
      name,
      `at most ${mebibytes(FILE_LIMITS.bytes)}`,
      mebibytes(blob.size),
      'Export the sheet as CSV or Parquet.',
    );
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (!isZip(bytes)) {
    const start = new TextDecoder().decode(bytes.subarray(0, 40));
    throw refuse(
      name,
      'an Excel workbook',
      bytes.length === 0 ? 'an empty file' : `a file that begins with ${JSON.stringify(start)}`,
      'If it is text such as CSV, give its name the ending .csv.',
    );
  }
  const book = await readBook(bytes, name, progress);
  const read = async (sheet: SheetPart) => {
    const place = `${name}, sheet ${clip(sheet.name)}`;
    checkUnpacked([sheet.file], place, bytes.length, SHEET_BYTES);
    const enough = settings.sample === 'first' ? settings.sampleRows + FURTHER_RECORDS : undefined;
    const content = new SheetContent(place, book, enough);
    let taken = 0;
    await readXml(sheet.file.parts(), content, place, async (part) => {
      taken += part;
      await progress(taken / sheet.file.size, 'reading the file');
    });
    return { sheet, content };
  };
  const { sheet, content } = await chosenSheet(book, settings.sheet, name, read);
  return tableOf(content, `${name}, sheet ${clip(sheet.name)}`, settings, [
    ...sheetNotes(book, sheet, settings.sheet),
    ...contentNotes(content, book),
  ]);
}

interface ReadSheet {
  sheet: SheetPart;
  content: SheetContent;
}

/** The sheet that is asked for; else the first that may be a table, of those that are visible if any is. */
async function chosenSheet(
  { sheets }: Book,
  asked: string,
  name: string,
  read: (sheet: SheetPart) => Promise<ReadSheet>,
): Promise<ReadSheet> {
  const wanted = asked.trim();
  if (wanted !== '') {
    const same = (other: string) => sheets.find((sheet) => sheet.name.trim() === other);
    const found =
      same(wanted) ??
      sheets.find((sheet) => sheet.name.trim().toLowerCase() === wanted.toLowerCase()) ??
      (/^\d+$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined);
    if (found) return read(found);
    throw refuse(
      `${name}, data.sheet`,
      `one of its sheets, ${listSheets(sheets)}, or a number up to ${sheets.length}`,
      clip(wanted),
      'Correct the name, or leave data.sheet empty to have the first sheet with a table.',
    );
  }
  const visible = sheets.filter((sheet) => !sheet.isHidden);
  let filled: ReadSheet | null = null;
  // Several names may lead to one part, which is no other table the second time.
  const tried = new Set<SheetPart['file']>();
  for (const sheet of visible.length > 0 ? visible : sheets) {
    if (tried.has(sheet.file)) continue;
    tried.add(sheet.file);
    const found = await read(sheet);
    const { length, width } = found.content.cells;
    if (length > 1 && width > 1) return found;
    if (length > 0) filled ??= found;
  }
  if (filled) return filled;
  const hidden = sheets.length - visible.length;
  throw refuse(
    name,
    'a sheet with a header line and at least one row',
    `${counted(visible.length, 'visible sheet', 'visible sheets')} without a cell${hidden > 0 ? ` and ${plain(hidden)} hidden` : ''}`,
    'Choose a workbook with a table, or a hidden sheet in data.sheet.',
  );
}

const listSheets = (sheets: readonly SheetPart[]): string =>
  sheets
    .slice(0, NAMED_SHEETS)
    .map(({ name, isHidden }) => `"${clip(name)}"${isHidden ? ' (hidden)' : ''}`)
    .join(', ') + (sheets.length > NAMED_SHEETS ? ` and ${plain(sheets.length - NAMED_SHEETS)} more` : '');

function sheetNotes({ sheets }: Book, chosen: SheetPart, asked: string): Note[] {
  const others = sheets.filter((sheet) => sheet !== chosen);
  const hidden = chosen.isHidden ? ', which is hidden' : '';
  const how = asked.trim() === '' ? 'the first one with a table' : 'as data.sheet asks';
  if (others.length === 0)
    return chosen.isHidden
      ? [{ code: 'sheet-chosen', text: `The table is the sheet "${clip(chosen.name)}"${hidden}.` }]
      : [];
  return [
    {
      code: 'sheet-chosen',
      text: `The table is the sheet "${clip(chosen.name)}"${hidden}, ${how}. The workbook also has ${listSheets(others)}; data.sheet decides.`,
    },
  ];
}

const named = ({ first, count }: Occurrences): string =>
  `${first.join(', ')}${count > first.length ? ', …' : ''}`;

/** What the sheet shows otherwise than it is read. */
function contentNotes(
  { cells, hiddenRows, hiddenColumns, merged, valueless, formulas }: SheetContent,
  { isToCompute }: Book,
): Note[] {
  const notes: Note[] = [];
  const note = (code: string, text: string) => notes.push({ code, text });
  if (cells.length > 0 && cells.first > 0) {
    const last = columnName(cells.first - 1);
    note(
      'empty-columns-left-out',
      `The table begins in column ${columnName(cells.first)}: ${last === 'A' ? 'column A is' : `columns A to ${last} are`} empty.`,
    );
  }
  const columns = hiddenColumns.flatMap(([first, last]) => {
    const [from, to] = [Math.max(first, cells.first), Math.min(last, cells.first + cells.width - 1)];
    return from > to ? [] : [from === to ? columnName(from) : `${columnName(from)} to ${columnName(to)}`];
  });
  if (columns.length > 0)
    note(
      'hidden-columns-read',
      `Hidden in the sheet, and read like the others: columns ${columns.slice(0, NAMED_SHEETS).join(', ')}. Columns are left out with data.ignore.`,
    );
  if (hiddenRows.count > 0)
    note(
      'hidden-rows-read',
      `${counted(hiddenRows.count, 'row is', 'rows are')} hidden in the sheet, by hand or by a filter, and read like the others (row ${named(hiddenRows)}).`,
    );
  if (merged.count > 0)
    note(
      'merged-cells',
      `${counted(merged.count, 'area of cells is', 'areas of cells are')} merged (${named(merged)}): the first cell of each has the value, and the others are missing.`,
    );
  if (valueless.count > 0)
    note(
      'formulas-without-values',
      `${counted(valueless.count, 'cell has a formula whose value is', 'cells have formulas whose values are')} not stored, and missing here (${named(valueless)}). Open the workbook in a spreadsheet program and save it, which stores them.`,
    );
  if (formulas > 0 && isToCompute)
    note(
      'formulas-not-computed',
      `${counted(formulas, 'cell has a formula', 'cells have formulas')}, and the program that wrote the workbook did not compute them: it asks the next one to. The values may be wrong, such as 0. Open it in a spreadsheet program and save it.`,
    );
  return notes;
}

/** @param place - of the sheet, for messages */
function tableOf(
  { cells, blank, areas }: SheetContent,
  place: string,
  settings: LayoutSettings,
  notes: Note[],
): TableReader {
  const dropped: DroppedLines[] = [];
  if (blank.count > 0) dropped.push({ reason: 'blank-lines', count: blank.count, lines: blank.lines });
  const isFirst = settings.sample === 'first';
  const records =
    settings.header === 'auto' ? withJoinedNames(cells, areas, notes, dropped) : new Records(cells);
  const table = understand({ records, notes, dropped }, place, settings);
  const { layout } = table;
  if (isFirst) {
    layout.body = layout.body.slice(0, settings.sampleRows);
    notes.push(sampleNote(settings, layout.body.length));
  }
  const { body, offset } = layout;
  const told = notes.map((note) => (note.code === 'lines-not-cut' ? { ...note, text: NOT_CUT } : note));
  return readerOf({ ...table, notes: told, hasSemicolons: false }, isFirst, (c) =>
    hasOwnNotation(cells, c + offset, body) ? '.' : undefined,
  );
}

/**
 * Whether texts of the column that are numbers have a decimal point for certain, as those have that stand for numbers of the sheet. Beside
 * whole numbers, texts may have a notation of their own.
 */
function hasOwnNotation(cells: SheetCells, c: number, body: Records): boolean {
  let hasTexts = false;
  for (let i = 0; i < body.length; i++) {
    const row = body.row(i);
    const kind = cells.kindAt(c, row);
    if (kind === 'number' && !Number.isInteger(cells.valueAt(c, row))) return true;
    hasTexts ||= kind === 'text';
  }
  return !hasTexts;
}
