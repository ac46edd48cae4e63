// Finds the format of a file: by its first bytes if they identify it, else by its extension.
import type { Note } from '../../core/notes.ts';
import type { FileFormat } from './format.ts';
import { refuse } from './limits.ts';
import { formats } from './registry.ts';
import { HEAD_BYTES, OLD_OFFICE, sniff } from './sniff.ts';

const all = (): readonly FileFormat[] => Object.values(formats);
const byEnding = (name: string) =>
  all().find((f) => f.extensions.some((extension) => name.toLowerCase().endsWith(extension)));
const bySignature = (kind: string) => all().find((f) => f.id === kind || f.kinds?.includes(kind));

/**
 * @param blob - unpacked
 * @param known - the kind of its content, where the first bytes do not tell
 * @throws WorkbenchError (file) that names the file's type, or lists the known extensions
 */
export async function formatOf(
  blob: Blob,
  name: string,
  known?: string,
): Promise<{ format: FileFormat; notes: Note[] }> {
  const named = byEnding(name);
  const sniffed = sniff(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
  const { isText } = sniffed;
  const kind = known ?? sniffed.kind;
  const found = bySignature(kind);
  if (kind === OLD_OFFICE && (await hasPassword(blob)))
    throw refuse(
      name,
      'a workbook without a password',
      'one that is encrypted',
      'Open it in Excel, take the password away (File, Info, Protect Workbook, Encrypt with Password), and save it.',
    );
  if (!isText && !found) throw refuse(name, 'a file of a table', kind, remedyOf(kind));
  if (kind === 'html')
    throw refuse(
      name,
      'a file of a table',
      'a page (HTML or XML)',
      'Export the table as CSV; a download may have given an error page.',
    );
  if (kind === 'sql')
    throw refuse(
      name,
      'a file of a table',
      'statements of SQL',
      'Export the table as CSV: \\copy of psql, mysql --batch, or sqlite3 -header -csv.',
    );
  if (kind === 'libsvm')
    throw refuse(
      name,
      'a table with a value per column',
      'lines of LIBSVM: a label and index:value pairs',
      'Write it as CSV or Parquet: scikit-learn reads it with load_svmlight_file.',
    );
  if (found && named && found !== named && (!isText || named.isAnyText)) {
    const text = `${name} is no ${named.label} file but ${found.label} by its content, and is read so.`;
    return { format: found, notes: [{ code: 'wrong-ending', text }] };
  }
  const format = named ?? found;
  if (format) return { format, notes: [] };
  const endings = all()
    .flatMap((f) => f.extensions)
    .join(', ');
  throw refuse(name, `a file ending in ${endings}`, name, 'Export the table in one of these formats.');
}

/** Programs of which a document can hold a table. */
const remedyOf = (kind: string): string =>
  /\.xls|\.ods|Numbers/.test(kind)
    ? 'Save it as an Excel workbook (.xlsx) without a password, or as CSV.'
    : `Export the table as ${labels()}.`;

/** How files inside an encrypted workbook are called, in UTF-16 (MS-OFFCRYPTO, 2.3.4.4). */
const ENCRYPTED = Array.from('EncryptedPackage', (sign) => `${sign}\0`).join('');
/** The list of what a file of old Office programs has stands near its beginning or its end. */
const LOOKED_AT = 2 ** 20;

async function hasPassword(blob: Blob): Promise<boolean> {
  const ends = [blob.slice(0, LOOKED_AT), blob.slice(Math.max(0, blob.size - LOOKED_AT))];
  for (const end of ends)
    if (new TextDecoder('latin1').decode(await end.arrayBuffer()).includes(ENCRYPTED)) return true;
  return false;
}

const labels = () =>
  all()
    .map((f) => f.label)
    .join(', ');
