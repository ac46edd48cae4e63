// Writes small Excel workbooks for tests, part by part, so that each oddity of other programs can be had.
import { zipSync } from 'fflate';

/** A cell: a value, or the attributes and children of its element. */
export type Cell =
  | number
  | string
  | boolean
  | null
  | { t?: string; s?: number; v?: string | number; xml?: string };

export interface Sheet {
  rows?: readonly (readonly Cell[])[];
  /** Instead of `rows`, the content of `sheetData`. */
  data?: string;
  /** In front of the cells, and behind them. */
  before?: string;
  after?: string;
  state?: 'hidden' | 'veryHidden';
}

export interface Book {
  /** Content of the elements `si`. */
  strings?: readonly string[];
  /** Number formats of the styles 1, 2, …: codes, or numbers of built-in ones. */
  formats?: readonly (string | number)[];
  date1904?: boolean;
  /** Further elements of the workbook. */
  extra?: string;
  isStrict?: boolean;
  /** Files that replace those that are written, or are added; null for none. */
  files?: Readonly<Record<string, string | null>>;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const letters = (column: number): string =>
  (column >= 26 ? letters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));

function cellXml(cell: Cell, reference: string): string {
  if (cell === null) return '';
  const place = `r="${reference}"`;
  if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c ${place} t="b"><v>${Number(cell)}</v></c>`;
  if (typeof cell === 'string')
    return `<c ${place} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  const { t, s, v, xml = '' } = cell;
  const attributes = [place, t === undefined ? '' : `t="${t}"`, s === undefined ? '' : `s="${s}"`].join(' ');
  return `<c ${attributes}>${xml}${v === undefined ? '' : `<v>${v}</v>`}</c>`;
}

/** Rows without a cell are left out, as most programs do. */
const dataXml = (rows: readonly (readonly Cell[])[]) =>
  rows
    .map((cells, r) => {
      const xml = cells.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`)).join('');
      return xml === '' ? '' : `<row r="${r + 1}">${xml}</row>`;
    })
    .join('');

/** @param sheets - by name, in order */
export function workbook(
  sheets: Readonly<Record<string, Sheet | readonly (readonly Cell[])[]>>,
  { strings, formats = [], date1904 = false, extra = '', isStrict = false, files = {} }: Book = {},
): Uint8Array<ArrayBuffer> {
  const address = isStrict ? 'http://purl.oclc.org/ooxml' : 'http://schemas.openxmlformats.org';
  const main = isStrict ? `${address}/spreadsheetml/main` : `${address}/spreadsheetml/2006/main`;
  const relations = isStrict
    ? `${address}/officeDocument/relationships`
    : `${address}/officeDocument/2006/relationships`;
  const list = Object.entries(sheets).map(([name, sheet]): [string, Sheet] => [
    name,
    Array.isArray(sheet) ? { rows: sheet } : (sheet as Sheet),
  ]);
  const related = (targets: readonly (readonly [type: string, target: string])[]) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
      .map(
        ([type, target], i) =>
          `<Relationship Id="rId${i + 1}" Type="${relations}/${type}" Target="${target}"/>`,
      )
      .join('')}</Relationships>`;
  const parts: Record<string, string | null> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': related([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr date1904="${date1904}"/><sheets>${list
      .map(
        ([name, { state = 'visible' }], i) =>
          `<sheet name="${escaped(name)}" sheetId="${i + 1}" state="${state}" r:id="rId${i + 1}"/>`,
      )
      .join('')}</sheets>${extra}</workbook>`,
    'xl/_rels/workbook.xml.rels': related([
      ...list.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`] as const),
      ['styles', 'styles.xml'],
      ...(strings ? [['sharedStrings', 'sharedStrings.xml'] as const] : []),
    ]),
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${formats
      .map((code, i) =>
        typeof code === 'number' ? '' : `<numFmt numFmtId="${164 + i}" formatCode="${escaped(code)}"/>`,
      )
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((code, i) => `<xf numFmtId="${typeof code === 'number' ? code : 164 + i}"/>`)
      .join('')}</cellXfs></styleSheet>`,
  };
  if (strings)
    parts['xl/sharedStrings.xml'] =
      `<sst xmlns="${main}">${strings.map((si) => `<si>${si}</si>`).join('')}</sst>`;
  for (const [i, [, { rows = [], data = dataXml(rows), before = '', after = '' }]] of list.entries())
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${main}">${before}<sheetData>${data}</sheetData>${after}</worksheet>`;
  const all = Object.entries({ ...parts, ...files }).flatMap(([name, text]) =>
    text === null ? [] : [[name, new TextEncoder().encode(text)] as const],
  );
  return zipSync(Object.fromEntries(all)).slice();
}
