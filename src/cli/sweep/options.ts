// Parses the arguments of `sweep`, `merge` and `report`.
import { readArguments, usageError } from '../arguments.ts';
import { COMMAND_OPTIONS, onlyWord } from '../options.ts';

export function readSweepOptions(args: string[]) {
  const { values, positionals } = readArguments('sweep', args, COMMAND_OPTIONS.sweep);
  return { ...values, name: onlyWord('sweep', positionals, 'one sweep') };
}

export function readMergeOptions(args: string[]) {
  const { values, positionals } = readArguments('merge', args, COMMAND_OPTIONS.merge);
  return { ...values, dir: folderOf('merge', positionals) };
}

export function readReportOptions(args: string[]) {
  const { values, positionals } = readArguments('report', args, COMMAND_OPTIONS.report);
  return { ...values, dir: folderOf('report', positionals) };
}

function folderOf(command: 'merge' | 'report', positionals: readonly string[]): string {
  const dir = onlyWord(command, positionals, 'one folder');
  if (dir === undefined) throw usageError(command, 'expected one folder, got none');
  return dir;
}
