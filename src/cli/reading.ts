// Options that say how a table is read and split, as the settings of the table source that they are short for.
import { basename } from 'node:path';
import { catalog } from '../engine/catalog.ts';
import { configError } from '../engine/config/experiment.ts';
import { parseNames } from '../engine/config/names.ts';
import { type Params, parseParams } from '../engine/config/params.ts';
import { SPLIT_FILES, type SplitWithFile } from '../engine/config/tableInput.ts';
import type { TablePaths } from './files.ts';
import type { RunOptions } from './options.ts';

/** Option of the command line -> key of the table source. */
const KEYS = {
  types: 'types',
  header: 'header',
  decimal: 'decimal',
  missing: 'missingMarkers',
  delimiter: 'delimiter',
  split: 'split',
} as const;

export type ReadingOptions = Partial<
  Pick<RunOptions, keyof typeof KEYS | 'validation-data' | 'test-data'>
> & {
  set?: string[];
};

/** The table with the files that splits have of their own. */
export const tablePaths = (
  table: string,
  { 'validation-data': validation, 'test-data': test }: ReadingOptions,
): TablePaths => ({ table, ...(validation && { validation }), ...(test && { test }) });

/** Those of the given options that are about the table of --data. */
export const ofTable = (options: ReadingOptions & Pick<RunOptions, 'targets'>): string[] =>
  (
    ['targets', ...(Object.keys(KEYS) as (keyof typeof KEYS)[]), 'validation-data', 'test-data'] as const
  ).filter((option) => options[option] !== undefined);

/** The settings of the given options. */
export function readingOptions(options: ReadingOptions): Params {
  const params: Params = {};
  for (const [option, key] of Object.entries(KEYS)) {
    const value = options[option as keyof typeof KEYS];
    if (value !== undefined) params[key] = value;
  }
  for (const split of Object.keys(SPLIT_FILES) as SplitWithFile[]) {
    const path = options[`${split}-data`];
    if (path !== undefined) params[SPLIT_FILES[split]] = basename(path);
  }
  const [, kind, column] = /^(\w+):(.*)$/s.exec(options.split ?? '') ?? [];
  if (kind !== undefined && column !== undefined) {
    params.split = kind;
    params.splitColumn = parseNames(column)?.[0] ?? column;
  }
  return params;
}

/**
 * The given options, with the table source's defaults for the others.
 * @throws WorkbenchError (config)
 */
export function tableSettings(options: ReadingOptions): Params {
  const specs = catalog.sources.find((source) => source.needsFile)?.dataParams ?? [];
  const { params, issues } = parseParams(specs, readingOptions(options), 'data.params');
  if (issues.length > 0) throw configError(issues);
  return params;
}
