// What the operating system refused, in the form of every other error. Node's own message names neither what to do nor, for a
// write to an open file, the file.
import { WorkbenchError } from '../engine/core/errors.ts';

/** By the code of the error; without a prototype, because a code may have any name. */
const REMEDIES: Record<string, string> = Object.assign(Object.create(null), {
  ENOSPC: 'The disk is full: free some space, or choose a place on another disk.',
  EDQUOT: 'The quota of this disk is used up: free some space, or choose a place on another disk.',
  EROFS: 'This disk is read-only: choose another place.',
  EACCES: 'Choose a place where you may write.',
  EPERM: 'Choose a place where you may write.',
});

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

/**
 * A file that could not be written.
 * @param option - that names the file or the folder it is in
 */
export function unwritable(option: string, path: string, error: unknown): WorkbenchError {
  if (error instanceof WorkbenchError) return error;
  const code = codeOf(error) ?? (error as Error).message;
  return WorkbenchError.of('file', {
    path: option,
    expected: 'a file that can be written',
    got: `${path} (${code})`,
    remedy: REMEDIES[code] ?? 'Choose another place.',
  });
}

const late = new WeakSet<Error>();

/** The same where the work had been done: the command has failed, and was not refused. */
export function unwritten(option: string, path: string, error: unknown): WorkbenchError {
  const fault = unwritable(option, path, error);
  late.add(fault);
  return fault;
}

export const isLate = (error: unknown): boolean => error instanceof Error && late.has(error);

/** A call of the operating system that failed where nobody said what it was for; null for any other error. */
export function faultOfSystem(error: unknown): WorkbenchError | null {
  if (!(error instanceof Error) || error instanceof WorkbenchError) return null;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return null;
  return WorkbenchError.of('file', {
    path: path ?? syscall,
    expected: 'a file or folder that can be used',
    got: `${code} from ${syscall}`,
    remedy: REMEDIES[code] ?? 'Check the path, and what it allows.',
  });
}
