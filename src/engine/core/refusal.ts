// Errors of the readers of files: one shape for every problem, starting with the file's name.
import { WorkbenchError } from './errors.ts';

/** Throws; the place is a tensor, an entry or a byte of the file. */
export type Refuse = (place: string, expected: string, got: string, remedy?: string) => never;

/** @param usual - the remedy of errors without one of their own */
export function refusalOf(fileName: string, usual: string): Refuse {
  return (place, expected, got, remedy = usual) => {
    throw WorkbenchError.of('file', { path: `${fileName}, ${place}`, expected, got, remedy });
  };
}
