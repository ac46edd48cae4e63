// The output of a bench besides its text: figures with their peers. `npm run bench:all` makes one table of them, and `npm run
// bench:guard` compares their ratios with recorded ones.
import { writeFileSync } from 'node:fs';

export interface Figure {
  /** What was measured; distinguishes figures of the same bench and peer. */
  what: string;
  unit: string;
  ours: number;
  /** What ours is compared with in the same run; null if there is none. */
  peer: string | null;
  theirs: number | null;
  /** Which direction of the unit is better. */
  better: 'lower' | 'higher';
}

/** The file for figures of a bench run by `bench:all`. */
export const FIGURES_FILE = 'BENCH_FIGURES';

/** @returns how many times better ours is than the peer, or null without a peer */
export function ratioOf({ ours, theirs, better }: Figure): number | null {
  if (theirs === null) return null;
  return better === 'lower' ? theirs / ours : ours / theirs;
}

/** A figure without a peer. */
export const alone = (what: string, unit: string, ours: number): Figure => ({
  what,
  unit,
  ours,
  peer: null,
  theirs: null,
  better: 'lower',
});

/** Ours beside a peer, where lower is better. */
export const beside = (what: string, unit: string, ours: number, peer: string, theirs: number): Figure => ({
  what,
  unit,
  ours,
  peer,
  theirs,
  better: 'lower',
});

/**
 * Passes figures on if `bench:all` or `bench:guard` requested them. A later call passes on all figures so far.
 * @throws Error if a figure is not a number above 0
 */
export function recordFigures(figures: readonly Figure[]): void {
  for (const { what, ours, theirs } of figures)
    for (const value of [ours, theirs])
      if (value !== null && !(Number.isFinite(value) && value > 0))
        throw new Error(
          `${what}: expected a figure above 0, got ${value}. Run the bench alone and read what it prints.`,
        );
  recorded.push(...figures);
  const file = process.env[FIGURES_FILE];
  if (file) writeFileSync(file, JSON.stringify(recorded));
}
const recorded: Figure[] = [];
