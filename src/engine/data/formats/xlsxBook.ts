// The parts of an Excel workbook besides its sheets (ECMA-376-2 and -1, 18.2): which sheets there are, the texts that they share, and which
// formats make a number a date. Parts are found as the package says, in the transitional and in the strict form of the standard.
import { clip } from '../../core/errors.ts';
import type { ProgressSink } from '../progress.ts';
import { refuse } from './limits.ts';
import { checkUnpacked, filesOfZip, type PackedFile } from './unzip.ts';
import { type FormatKind, kindOfBuiltIn, kindOfFormat } from './xlsxDates.ts';
import type { SharedParts } from './xlsxSheet.ts';
import { SharedStrings } from './xlsxText.ts';
import { type Attributes, prefixedAttribute, readXml } from './xml.ts';

export interface SheetPart {
  name: string;
  isHidden: boolean;
  file: PackedFile;
}

export interface Book extends SharedParts {
  /** Those with cells, in their order; charts are left out. */
  sheets: readonly SheetPart[];
  /** The stored values of formulas are to be computed when a spreadsheet program opens the file. */
  isToCompute: boolean;
}

/** More than any program writes. */
const MAX_SHEETS = 10_000;
/** Bytes that a part may have which is neither a sheet nor the texts that sheets share. */
const SMALL_PART = 64 * 2 ** 20;

/** Calls back for every element, with its path of names. */
async function eachElement(
  file: PackedFile,
  place: string,
  found: (path: string, attributes: Attributes) => void,
): Promise<void> {
  const path: string[] = [];
  const taker = {
    open(name: string, attributes: Attributes) {
      path.push(name);
      found(path.join('/'), attributes);
    },
    text() {},
    close() {
      path.pop();
    },
  };
  await readXml(file.parts(), taker, `${place}, ${file.name}`);
}

/** A part's name as it is compared: some programs write backslashes, or another case. */
const keyOf = (name: string) => name.replaceAll('\\', '/').replace(/^\//, '').toLowerCase();

/** @param from - the part that names the target */
function resolved(target: string, from: string): string {
  const parts = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const piece of target.split('/')) {
    if (piece === '..') parts.pop();
    else if (piece !== '.' && piece !== '') parts.push(piece);
  }
  return parts.join('/');
}

interface Related {
  id: string;
  /** The end of the address that says what the part is. */
  type: string;
  /** Null where the package has no such part. */
  file: PackedFile | null;
}

class Package {
  private readonly files: ReadonlyMap<string, PackedFile>;
  private readonly packed: number;

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    private readonly name: string,
  ) {
    const files = filesOfZip(bytes, name);
    this.packed = bytes.length;
    this.files = new Map(files.map((file) => [keyOf(file.name), file]));
  }

  /** Refuses parts that are too large to be what they are, before they are read. */
  check(...parts: PackedFile[]): void {
    checkUnpacked(parts, this.name, this.packed, SMALL_PART);
  }

  /** The parts that another one names. @param part - empty for the package itself */
  async related(part: string): Promise<Related[]> {
    const from = keyOf(part);
    const [folder = '', file = ''] = [from.replace(/[^/]*$/, ''), from.replace(/^.*\//, '')];
    const list = this.files.get(`${folder}_rels/${file}.rels`);
    const found: Related[] = [];
    if (list) this.check(list);
    if (list)
      await eachElement(list, this.name, (path, { Id = '', Type = '', Target = '', TargetMode }) => {
        if (path !== 'Relationships/Relationship' || TargetMode === 'External') return;
        const target = keyOf(resolved(Target, from));
        found.push({ id: Id, type: Type.replace(/^.*\//, ''), file: this.files.get(target) ?? null });
      });
    return found;
  }
}

/**
 * @param bytes - of the whole file
 * @param name - of the file, for messages
 * @throws WorkbenchError (file), and what `progress` throws
 */
export async function readBook(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  progress: ProgressSink,
): Promise<Book> {
  const parts = new Package(bytes, name);
  const missing = (what: string) =>
    refuse(
      name,
      `a workbook with ${what}`,
      'none',
      'It may be damaged: save it again in a spreadsheet program.',
    );
  const main = (await parts.related('')).find(({ type }) => type === 'officeDocument')?.file;
  if (!main) throw missing('a main part');
  const related = await parts.related(main.name);
  const byId = new Map(related.map((part) => [part.id, part]));
  const partOf = (type: string) => related.find((part) => part.type === type)?.file ?? null;
  const [strings, styles] = [partOf('sharedStrings'), partOf('styles')];
  parts.check(main, ...(styles ? [styles] : []));
  if (strings) checkUnpacked([strings], name, bytes.length);
  const book = { is1904: false, isToCompute: false };
  const sheets: SheetPart[] = [];
  await eachElement(main, name, (path, attributes) => {
    if (path === 'workbook/workbookPr') book.is1904 = isTrue(attributes.date1904);
    if (path === 'workbook/calcPr') book.isToCompute = isTrue(attributes.fullCalcOnLoad);
    if (path !== 'workbook/sheets/sheet') return;
    const part = byId.get(prefixedAttribute(attributes, 'id') ?? '');
    const { name: sheet = '', state = 'visible' } = attributes;
    if (part && part.type !== 'worksheet') return;
    if (!part?.file) throw missing(`the cells of its sheet ${clip(sheet)}`);
    if (sheets.length === MAX_SHEETS) throw missing(`at most ${MAX_SHEETS} sheets`);
    sheets.push({ name: sheet, isHidden: state !== 'visible', file: part.file });
  });
  if (sheets.length === 0) throw missing('a sheet of cells');
  return {
    ...book,
    sheets,
    strings: strings ? await readStrings(strings, name, progress) : [],
    styles: styles ? await readStyles(styles, name) : [],
  };
}

const isTrue = (text: string | undefined) => text === '1' || text === 'true';

async function readStrings(
  file: PackedFile,
  name: string,
  progress: ProgressSink,
): Promise<readonly string[]> {
  const place = `${name}, ${file.name}`;
  const shared = new SharedStrings(place);
  await readXml(file.parts(), shared, place, () => progress(0, 'reading the file'));
  return shared.strings;
}

/** What the numbers of cells are, by the style of the cell. */
async function readStyles(file: PackedFile, name: string): Promise<readonly FormatKind[]> {
  const own = new Map<number, FormatKind>();
  const styles: FormatKind[] = [];
  await eachElement(file, name, (path, { numFmtId, formatCode }) => {
    if (path === 'styleSheet/numFmts/numFmt' && formatCode !== undefined)
      own.set(Number(numFmtId), kindOfFormat(formatCode));
    if (path === 'styleSheet/cellXfs/xf')
      styles.push(own.get(Number(numFmtId)) ?? kindOfBuiltIn(Number(numFmtId)));
  });
  return styles;
}
