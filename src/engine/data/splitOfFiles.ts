// Splits where some have files of their own: the rows of those files stay in theirs, and what no file gives is drawn from the rows
// of the table. A class that a file has and the training file lacks is refused: no network has an output for it.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { classCodes, type ParsedTable } from './columns.ts';
import { type SplitSizes, splitSizesWithout } from './split.ts';
import { SPLIT_LABELS } from './splitNotes.ts';
import type { Split } from './table.ts';
import type { Target } from './tableTargets.ts';

const PARTS = ['train', 'validation', 'test'] as const;
const plain = (n: number) => n.toLocaleString('en');
/** `1 row`, `20 rows` */
const rowsIn = (n: number) => `${plain(n)} ${n === 1 ? 'row' : 'rows'}`;
const rowsAre = (n: number, file: string) => `${rowsIn(n)} of ${file} ${n === 1 ? 'is' : 'are'}`;

/** Splits without a file, which are drawn from the table beside training. */
export const drawnSplits = ({ files = [] }: ParsedTable): (keyof Split)[] =>
  PARTS.filter((part) => !files.some(({ split }) => split === part));

/**
 * @param rows - of the joined table, those that are kept
 * @param draw - splits some of these rows into the given sizes, as positions among them
 * @returns positions in `rows`
 */
export function splitOfFiles(
  table: ParsedTable,
  rows: readonly number[],
  data: Params,
  draw: (rows: number[], sizes: SplitSizes) => { split: Split; notes: Note[] },
): { split: Split; notes: Note[] } {
  const files = table.files ?? [];
  const at: Record<keyof Split, number[]> = { train: [], validation: [], test: [] };
  rows.forEach((row, position) => {
    at[PARTS[table.split?.[row] ?? 0] ?? 'train'].push(position);
  });
  const drawn = drawnSplits(table);
  const split: Split = {
    train: Uint32Array.from(at.train),
    validation: Uint32Array.from(at.validation),
    test: Uint32Array.from(at.test),
  };
  const notes: Note[] = [];
  if (drawn.length > 0) {
    const given = PARTS.filter((part) => part !== 'train' && !drawn.includes(part));
    const found = draw(
      at.train.map((position) => rows[position] as number),
      splitSizesWithout(given, at.train.length, data),
    );
    for (const part of ['train', ...drawn] as const)
      split[part] = found.split[part].map((position) => at.train[position] as number);
    notes.push(...found.notes);
  }
  const shares = files.map(({ name, split: part }) =>
    part === 'train'
      ? `${name} trains`
      : `the ${rowsAre(split[part].length, name)} the ${SPLIT_LABELS[part]} split`,
  );
  const rest = drawn.map(
    (part) => `${rowsAre(split[part].length, table.name)} the ${SPLIT_LABELS[part]} split`,
  );
  const idle =
    drawn.length === 0 && data.split !== 'auto'
      ? ` data.split=${data.split} decides nothing, for each split has its file.`
      : '';
  notes.push({
    code: 'split-of-files',
    text: `Splits have files of their own: ${[...shares, ...rest].join(', ')}.${idle}`,
  });
  return { split, notes };
}

/** Classes of a file for a split that the table itself lacks. */
export function checkClassesOfFiles(table: ParsedTable, targets: readonly Target[]): Issue[] {
  const [first, ...others] = table.files ?? [];
  if (!first) return [];
  return targets.flatMap(({ column, classes }) => {
    if (!classes) return [];
    const codes = classCodes(column);
    const known = new Set(codes.subarray(0, first.rows));
    let from = first.rows;
    return others.flatMap(({ name, rows }): Issue[] => {
      const unknown = new Map<number, number>();
      for (const code of codes.subarray(from, from + rows))
        if (code >= 0 && !known.has(code)) unknown.set(code, (unknown.get(code) ?? 0) + 1);
      from += rows;
      if (unknown.size === 0) return [];
      const got = [...unknown]
        .slice(0, 8)
        .map(([code, count]) => `"${column.values[code]}" in ${rowsIn(count)}`);
      return [
        {
          path: `${name}, column ${column.name}`,
          expected: `classes out of ${[...known]
            .flatMap((code) => (code < 0 ? [] : `"${column.values[code]}"`))
            .slice(0, 20)
            .join(', ')}, those of ${first.name}`,
          got: got.join(', ') + (unknown.size > got.length ? ` and ${unknown.size - got.length} more` : ''),
          remedy: `Rename them as in ${first.name}, remove their rows, or choose other targets.`,
        },
      ];
    });
  });
}
