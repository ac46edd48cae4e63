// How readers of files say no: one shape for every problem, with the file's name in front.
import { WorkbenchError } from './errors.ts';

/** Throws; the place is a tensor, an entry or a byte of the file. */
export type Refuse = (place: string, expected: string, got: string, remedy?: string) => never;

/** @param usual - what to do when a refusal says nothing of its own */
export function refusalOf(fileName: string, usual: string): Refuse {
  return (place, expected, got, remedy = usual) => {
    throw WorkbenchError.of('file', { path: `${fileName}, ${place}`, expected, got, remedy });
  };
}
