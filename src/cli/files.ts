// Files named on the command line.
import { openAsBlob } from 'node:fs';
import { access, open, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import {
  type SplitWithFile,
  type TableInput,
  tableInput,
  withSplitFile,
} from '../engine/config/tableInput.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { FileInput, WeightsInput } from '../engine/data/source.ts';
import { isCard } from '../engine/weights/card.ts';

export async function readFileInput(option: string, path: string): Promise<FileInput> {
  return { name: basename(path), bytes: await readBytes(option, path) };
}

async function readBytes(option: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw unreadable(option, path, error);
  }
}

const unreadable = (option: string, path: string, error: unknown) =>
  WorkbenchError.of('file', {
    path: option,
    expected: 'a file that can be read',
    got: `${path} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
    remedy: 'Check the path.',
  });

/** Stands for standard input. */
export const STDIN = '-';

/**
 * Opens a table and checks at once that it can be read. It is read piece by piece, because part of it may be larger than
 * memory. Standard input and pipes have no size and are read as a whole; one whose name has no ending is read as CSV.
 */
export async function readTableInput(option: string, path: string): Promise<TableInput> {
  if (path === STDIN) return tableInput('stdin.csv', new Blob(await stdinBytes(option)));
  try {
    const file = await open(path);
    const isFile = (await file.stat()).isFile();
    await file.close();
    if (isFile) return tableInput(basename(path), await openAsBlob(path));
  } catch (error) {
    throw unreadable(option, path, error);
  }
  const name = extname(path) === '' ? `${basename(path)}.csv` : basename(path);
  return tableInput(name, new Blob([await readBytes(option, path)]));
}

async function stdinBytes(option: string): Promise<Uint8Array<ArrayBuffer>[]> {
  if (process.stdin.isTTY)
    throw WorkbenchError.of('file', {
      path: option,
      expected: 'a table from a pipe',
      got: 'a terminal',
      remedy: 'For example cat table.csv | multitab inspect -.',
    });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of process.stdin) pieces.push(new Uint8Array(piece as Buffer));
  return pieces;
}

/** Paths of a table and of the files that splits of it have of their own. */
export interface TablePaths extends Partial<Record<SplitWithFile, string>> {
  table: string;
}

/** The table with the files of its splits. */
export async function readTables(option: string, { table, ...splits }: TablePaths): Promise<TableInput> {
  let input = await readTableInput(option, table);
  for (const [split, path] of Object.entries(splits) as [SplitWithFile, string][])
    input = withSplitFile(input, split, await readTableInput(SPLIT_OPTIONS[split], path));
  return input;
}

const SPLIT_OPTIONS = { validation: '--validation-data', test: '--test-data' } as const;

/** The weights, and what `model.pt.json` or `model.json` beside them says, where it is about weights of ours. */
export async function readWeightsInput(path: string): Promise<WeightsInput> {
  const weights = await readFileInput('--weights', path);
  for (const place of [`${path}.json`, path.replace(/\.[^./\\]+$/, '.json')]) {
    const exists = await access(place).then(
      () => true,
      () => false,
    );
    const card = exists ? await readFileInput('--weights', place) : null;
    if (card && isCard(card)) return { ...weights, card };
  }
  return weights;
}
