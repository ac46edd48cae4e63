// Parses the arguments of `sweep`, `merge` and `report`.
import { parseArgs } from 'node:util';

/** Makes the error for an invalid command line. */
type UsageError = (message: string) => Error;

export function readSweepOptions(args: string[], usageError: UsageError) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        set: { type: 'string', multiple: true },
        seeds: { type: 'string' },
        backend: { type: 'string', default: 'auto' },
        'allow-software-gpu': { type: 'boolean', default: false },
        out: { type: 'string' },
        jobs: { type: 'string' },
        shard: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
      },
    });
    if (positionals.length > 1) throw new Error(`expected one sweep, got ${positionals.join(', ')}`);
    return { ...values, name: positionals[0] };
  } catch (error) {
    throw usageError(`multitab sweep: ${(error as Error).message}.`);
  }
}

export function readMergeOptions(args: string[], usageError: UsageError) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { quiet: { type: 'boolean', default: false } },
    });
    const [dir, ...others] = positionals;
    if (dir === undefined || others.length > 0) throw new Error('expected one folder');
    return { ...values, dir };
  } catch (error) {
    throw usageError(`multitab merge: ${(error as Error).message}.`);
  }
}

export function readReportOptions(args: string[], usageError: UsageError) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { out: { type: 'string', default: 'report.html' }, link: { type: 'string' } },
    });
    const [dir, ...others] = positionals;
    if (dir === undefined || others.length > 0) throw new Error('expected one folder');
    return { ...values, dir };
  } catch (error) {
    throw usageError(`multitab report: ${(error as Error).message}.`);
  }
}
