// Files for tests, and what the table source makes of them.
import { type TableInput, tableInput } from '../../config/tableInput.ts';
import { formatIssue } from '../../core/errors.ts';
import { type FileFormat, LAYOUT_DEFAULTS, type LayoutSettings, type TextColumn } from '../formats/format.ts';
import { openRequest, type UnopenedRequest } from '../openRequest.ts';
import { UNWATCHED } from '../progress.ts';
import type { Dataset } from '../table.ts';
import { tableSource } from '../tableSource.ts';

export const textInput = (text: string, name = 'table.csv'): TableInput => tableInput(name, new Blob([text]));

/** What speaks against it. */
export const issuesOf = async (request: UnopenedRequest) => (await openRequest(tableSource, request)).issues;

/** @throws when anything speaks against it */
export async function generateTable(unopened: UnopenedRequest): Promise<Dataset> {
  const { request, issues } = await openRequest(tableSource, unopened);
  if (issues.length > 0) throw new Error(issues.map(formatIssue).join('\n'));
  return tableSource.generate(request, UNWATCHED);
}

/** A whole file of text: its columns, and the line on which the first cell of each row begins. */
export async function readWhole(
  format: FileFormat,
  content: BlobPart,
  name = 'table.csv',
  settings: Partial<LayoutSettings> = {},
) {
  const layout = { ...LAYOUT_DEFAULTS, ...settings };
  const reader = await format.open(new Blob([content]), name, layout, UNWATCHED);
  const { columns: names, rows, ...facts } = reader.schema();
  const columns: Omit<TextColumn, 'lineAt'>[] = [];
  let lines: number[] | null = null;
  for (const column of names) {
    const read = await reader.column(column, UNWATCHED);
    if (read.kind !== 'text') throw new Error(`${name}: expected text in ${column}, got ${read.kind}.`);
    const { lineAt, cells, padded } = read;
    lines ??= Array.from({ length: rows }, (_, row) => lineAt(row));
    columns.push({ kind: 'text', name: column, rows, cells, padded });
  }
  return { columns, rows, lines: lines ?? [], ...facts };
}
