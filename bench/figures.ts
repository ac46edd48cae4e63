// What a bench hands on besides its text: figures with the peer they are compared with. `npm run bench:all` makes one table of
// them, and `npm run bench:guard` compares their ratios with those recorded before.
import { writeFileSync } from 'node:fs';

export interface Figure {
  /** What was measured, so that it tells this figure from the bench's others of the same peer. */
  what: string;
  unit: string;
  ours: number;
  /** What ours is compared with in the same run; null where there is nothing. */
  peer: string | null;
  theirs: number | null;
  /** The direction in which the unit is good. */
  better: 'lower' | 'higher';
}

/** Where a bench that runs below `bench:all` leaves its figures. */
export const FIGURES_FILE = 'BENCH_FIGURES';

/** @returns how many times better ours is than the peer's, or null without a peer */
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

/** Ours beside a peer, where less is better. */
export const beside = (what: string, unit: string, ours: number, peer: string, theirs: number): Figure => ({
  what,
  unit,
  ours,
  peer,
  theirs,
  better: 'lower',
});

/**
 * Hands the figures on, where `bench:all` or `bench:guard` asked for them. Called again, it hands on all that came so far.
 * @throws Error when a figure is not a number above 0, which no measurement gives
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
