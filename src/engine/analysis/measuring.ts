// How a long measurement stays a good neighbour: it says how far it is, and lets messages in, one of which may end it.
import type { ProbeProgress } from '../protocol/probe.ts';

export interface Measuring {
  progress(progress: ProbeProgress): void;
  /** Awaited between two pieces of work; may throw to stop. */
  yieldOrStop(): Promise<void>;
}

/** For measurements that nobody waits for. */
export const UNWATCHED: Measuring = { progress: () => {}, yieldOrStop: async () => {} };
