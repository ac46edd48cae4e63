// Parses the arguments of `sweep`, `merge` and `report`.
import { readArguments, usageError } from '../arguments.ts';

export function readSweepOptions(args: string[]) {
  const { values, positionals } = readArguments('sweep', args, {
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
  });
  if (positionals.length > 1)
    throw usageError(`multitab sweep: expected one sweep, got ${positionals.join(', ')}.`);
  return { ...values, name: positionals[0] };
}

export function readMergeOptions(args: string[]) {
  const { values, positionals } = readArguments('merge', args, {
    quiet: { type: 'boolean', default: false },
  });
  return { ...values, dir: folderOf('merge', positionals) };
}

export function readReportOptions(args: string[]) {
  const { values, positionals } = readArguments('report', args, {
    out: { type: 'string', default: 'report.html' },
    link: { type: 'string' },
  });
  return { ...values, dir: folderOf('report', positionals) };
}

function folderOf(command: string, positionals: readonly string[]): string {
  const [dir, ...others] = positionals;
  if (dir === undefined || others.length > 0)
    throw usageError(`multitab ${command}: expected one folder, got ${positionals.join(', ') || 'none'}.`);
  return dir;
}
