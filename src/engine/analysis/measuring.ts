// How a long measurement cooperates: it reports progress and lets messages in, one of which may end it.
import type { ProbeProgress } from '../protocol/probe.ts';

export interface Measuring {
  progress(progress: ProbeProgress): void;
  /** Awaited between two pieces of work; may throw to stop. */
  yieldOrStop(): Promise<void>;
}

/** For measurements without progress and Stop. */
export const UNWATCHED: Measuring = { progress: () => {}, yieldOrStop: async () => {} };
