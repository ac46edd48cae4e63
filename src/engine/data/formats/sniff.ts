// The type of a file by its first bytes. Extensions can be wrong; bytes decide, and a file that is not a table is named by its
// type.

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

interface Signature {
  kind: string;
  at?: number;
  bytes: Uint8Array;
}

export const OLD_OFFICE = 'an old Excel or Word file (.xls, .doc), or a newer one with a password';

/** Kinds with a reader use the reader's id. */
const SIGNATURES: readonly Signature[] = [
  { kind: 'parquet', bytes: ascii('PAR1') },
  { kind: 'arrow', bytes: ascii('ARROW1') },
  { kind: 'feather-v1', bytes: ascii('FEA1') },
  { kind: 'hdf5', bytes: Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a) },
  { kind: 'numpy', bytes: Uint8Array.of(0x93, ...ascii('NUMPY')) },
  { kind: 'zip', bytes: Uint8Array.of(0x50, 0x4b, 0x03, 0x04) },
  { kind: 'zip', bytes: Uint8Array.of(0x50, 0x4b, 0x05, 0x06) },
  { kind: 'gzip', bytes: Uint8Array.of(0x1f, 0x8b) },
  { kind: 'a PDF document', bytes: ascii('%PDF') },
  { kind: 'a PNG picture', bytes: Uint8Array.of(0x89, ...ascii('PNG')) },
  { kind: 'a JPEG picture', bytes: Uint8Array.of(0xff, 0xd8, 0xff) },
  { kind: OLD_OFFICE, bytes: Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0) },
  { kind: 'a SQLite database', bytes: ascii('SQLite format 3') },
  { kind: 'a file compressed by bzip2', bytes: ascii('BZh') },
  { kind: 'a file compressed by xz', bytes: Uint8Array.of(0xfd, ...ascii('7zXZ')) },
  { kind: 'a file compressed by zstd', bytes: Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd) },
  { kind: 'a 7-Zip archive', bytes: ascii('7z\u00bc\u00af') },
  { kind: 'an ORC file', bytes: ascii('ORC') },
  { kind: 'an Avro file', bytes: Uint8Array.of(...ascii('Obj'), 1) },
  { kind: 'a pickle of Python', bytes: Uint8Array.of(0x80, 4, 0x95) },
  { kind: 'a pickle of Python', bytes: Uint8Array.of(0x80, 5, 0x95) },
  { kind: 'an R data file', bytes: ascii('RDX') },
  { kind: 'an R data file', bytes: Uint8Array.of(...ascii('X\n'), 0, 0) },
  { kind: 'a Stata file', bytes: ascii('<stata_dta>') },
  { kind: 'a Stata file', bytes: ascii('r\u0001\u0001\0') },
  { kind: 'a Stata file', bytes: ascii('r\u0002\u0001\0') },
  { kind: 'an SPSS file', bytes: ascii('$FL2') },
  { kind: 'a SAS file', at: 12, bytes: Uint8Array.of(0xc2, 0xea, 0x81, 0x60, 0xb3, 0x14, 0x11, 0xcf) },
];

/** Archives that are a document, by the name of a file in them; those with a reader by its id. */
const ARCHIVES: readonly [name: RegExp, kind: string][] = [
  [/^xl\/workbook\.bin$/, 'a binary Excel workbook (.xlsb)'],
  [/(^|\/)(workbook[^/]*|worksheets\/[^/]*)\.xml$/, 'xlsx'],
  [/^word\/document[^/]*\.xml$/, 'a Word document'],
  [/^ppt\/presentation[^/]*\.xml$/, 'a PowerPoint presentation'],
  [/^index\/document\.iwa$/, 'a Numbers document'],
  [/^mimetype$/, 'an OpenDocument spreadsheet or text (.ods, .odt)'],
];

/**
 * The kind of a zip archive that is more than a folder.
 * @returns undefined for files that were packed together
 */
export function kindOfArchive(files: readonly { name: string }[]): string | undefined {
  const names = files.map(({ name }) => name.replaceAll('\\', '/').toLowerCase());
  if (names.length > 0 && names.every((name) => name.endsWith('.npy'))) return 'numpy';
  return ARCHIVES.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
}

/** Statements behind comments, each to its end. */
const SQL =
  /^(?:\s*(?:--[^\n]*\n|\/\*[^*]*\*\/;?|(?:SET|BEGIN|START|PRAGMA|USE|LOCK|DROP|SELECT pg_catalog)\b[^;]*;))*\s*(?:CREATE TABLE\s|INSERT INTO\s|COPY\s+\S+\s*\([^)]*\)\s*FROM\s)/i;

/** Number of bytes that suffice. */
export const HEAD_BYTES = 4096;

export type Sniffed =
  | { kind: string; isText: false }
  | { kind: 'json' | 'arff' | 'html' | 'libsvm' | 'sql' | 'text'; isText: true };

export function sniff(head: Uint8Array): Sniffed {
  const found = SIGNATURES.find(({ bytes, at = 0 }) => bytes.every((byte, i) => head[at + i] === byte));
  if (found) return { kind: found.kind, isText: false };
  const text = new TextDecoder().decode(head).replace(/^\ufeff/, '');
  if (/^\s*(<!doctype html|<html|<\?xml|<table)/i.test(text)) return { kind: 'html', isText: true };
  if (/^(\s|%.*\n)*@relation\b/i.test(text)) return { kind: 'arff', isText: true };
  if (SQL.test(text)) return { kind: 'sql', isText: true };
  if (/^\s*[[{]\s*["{[\]}]/.test(text)) return { kind: 'json', isText: true };
  // A label and `index:value` pairs, in the first two lines.
  if (/^[-+]?[\d.]+([ \t]+\d+:\S+)+[ \t]*\r?\n[-+]?[\d.]+([ \t]+\d+:\S+)+[ \t]*(\r?\n|$)/.test(text))
    return { kind: 'libsvm', isText: true };
  return { kind: 'text', isText: true };
}
