// Test files, and the results of the table source on them.
import { type TableInput, tableInput } from '../../config/tableInput.ts';
import { formatIssue } from '../../core/errors.ts';
import { type FileFormat, LAYOUT_DEFAULTS, type LayoutSettings, type TextColumn } from '../formats/format.ts';
import { openRequest, type UnopenedRequest } from '../openRequest.ts';
import { UNWATCHED } from '../progress.ts';
import type { Dataset } from '../table.ts';
import { tableSource } from '../tableSource.ts';

export const textInput = (text: string, name = 'table.csv'): TableInput => tableInput(name, new Blob([text]));

/** The issues of a request. */
export const issuesOf = async (request: UnopenedRequest) => (await openRequest(tableSource, request)).issues;

/** @throws Error if the request has issues */
export async function generateTable(unopened: UnopenedRequest): Promise<Dataset> {
  const { request, issues } = await openRequest(tableSource, unopened);
  if (issues.length > 0) throw new Error(issues.map(formatIssue).join('\n'));
  return tableSource.generate(request, UNWATCHED);
}

/** Reads a whole text file: its columns, and the line where each row's first cell begins. */
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
