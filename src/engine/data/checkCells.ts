// Refuses cells that a column cannot be used with, naming column and line, before training.
import { formatName } from '../config/names.ts';
import type { Issue } from '../core/errors.ts';
import { type CellsOfText, type Column, describeCells } from './columns.ts';

/** As written in messages; the largest finite float32 is (2 - 2^-23) * 2^127. */
const FLOAT32_LIMIT = '3.4028235e38, the limit of float32';

/**
 * @param used - columns that are features or targets
 * @param fileName - shown in the message
 */
export function checkCells(used: readonly Column[], fileName: string): Issue[] {
  return used.flatMap((column) => {
    const { name, kind, texts, beyond } = column;
    const place = (cells: CellsOfText) =>
      `data.params.file, ${fileName}, ${cells.unit ?? 'line'} ${cells.first[0]?.line}, column ${formatName(name)}`;
    const remedies = (cells: CellsOfText) =>
      `Correct the cell, leave the column out with data.ignore, or count the cell as missing with data.missingMarkers=auto,${formatName(cells.first[0]?.text ?? '')}.`;
    const issues: Issue[] = [];
    if (beyond.count > 0) {
      issues.push({
        path: place(beyond),
        expected: `numbers between ±${FLOAT32_LIMIT}`,
        got: describeCells(beyond),
        remedy: remedies(beyond),
      });
    }
    // Only a column that was declared numeric can hold texts among its numbers.
    if (kind === 'numeric' && texts.count > 0) {
      issues.push({
        path: place(texts),
        expected: `numbers only, as data.types says of ${formatName(name)}`,
        got: describeCells(texts),
        remedy: `${remedies(texts)} Or leave the column out of data.types.`,
      });
    }
    return issues;
  });
}
