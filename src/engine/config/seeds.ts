// Explicit lists of seeds instead of the experiment's: as text on the command line, as numbers in a message.
import { type Issue, WorkbenchError } from '../core/errors.ts';
import { MAX_SEED } from './seedLimits.ts';

/** Limited, because a run keeps the results of all its seeds. */
export const MAX_SEEDS = 100;

const EXAMPLE = 'For example 0,1,2 or 0..4 or 0..2,7.';

/** The first issue of a list of seeds, or null. A repeated seed would make the spread over seeds too small. */
function issueOfSeeds(seeds: readonly number[], path: string): Issue | null {
  const issue = (expected: string, got: string, remedy: string): Issue => ({ path, expected, got, remedy });
  if (seeds.length === 0) return issue('at least one seed', 'none', EXAMPLE);
  if (seeds.length > MAX_SEEDS)
    return issue(`at most ${MAX_SEEDS} seeds`, String(seeds.length), 'Run the others by themselves.');
  const bad = seeds.find((seed) => !Number.isInteger(seed) || seed < 0 || seed > MAX_SEED);
  if (bad !== undefined) return issue(`integers from 0 to ${MAX_SEED}`, String(bad), EXAMPLE);
  const duplicate = seeds.find((seed, i) => seeds.indexOf(seed) < i);
  if (duplicate === undefined) return null;
  return issue('every seed once', `${duplicate} more than once`, `Leave the second ${duplicate} out.`);
}

/** @throws WorkbenchError (config) */
export function requireSeeds(seeds: readonly number[], path: string): void {
  const issue = issueOfSeeds(seeds, path);
  if (issue) throw WorkbenchError.of('config', issue);
}

/**
 * Parses seeds and ranges of seeds, both ends included: `0,1,2`, `0..4`, `0..2,7`.
 * @throws WorkbenchError (config) that names the fault
 */
export function parseSeeds(text: string, path: string): number[] {
  const seeds: number[] = [];
  for (const item of text.split(',')) {
    const [, first, last] = /^\s*(\d+)\s*(?:\.\.\s*(\d+)\s*)?$/.exec(item) ?? [];
    if (first === undefined) {
      const got = item.trim() === '' ? `an empty place in "${text}"` : item.trim();
      const expected = 'integers from 0 and ranges of them, separated by commas';
      throw WorkbenchError.of('config', { path, expected, got, remedy: EXAMPLE });
    }
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from) {
      const expected = 'a range from the lower seed to the higher';
      throw WorkbenchError.of('config', {
        path,
        expected,
        got: item.trim(),
        remedy: `Write ${to}..${from}.`,
      });
    }
    // One more than allowed suffices to refuse the list, however long the range.
    for (let seed = from; seed <= to && seeds.length <= MAX_SEEDS; seed++) seeds.push(seed);
  }
  requireSeeds(seeds, path);
  return seeds;
}
