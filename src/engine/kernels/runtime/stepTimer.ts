// Times what a training step launches, one launch after the other. A timer changes nothing that is computed, and nothing at
// all while no step is timed.
import type { StepPhase } from './stepObserver.ts';

/** What is known of a launch besides its time. */
export interface LaunchNote {
  /** Name of the kernel, of ours without a prefix. */
  kernel: string;
  phase: StepPhase;
  /** Shape of its first output. */
  shape: readonly number[];
  /** Bytes of the tensors it reads, each counted once. */
  bytesRead: number;
  /** Bytes of the tensors it writes or changes in place, each counted once. */
  bytesWritten: number;
  /** Multiplications and additions of its products; null where nobody says. */
  flops: number | null;
  /** Launches that it stands for: more than one where a kernel of ours has no fast version and runs plain operations. */
  launches: number;
}

export interface TimedLaunch extends LaunchNote {
  /** Since the first launch of the step. */
  startMs: number;
  /** Null where this device cannot tell. */
  ms: number | null;
}

export interface StepTimer {
  /** Timestamps of the GPU, the time of the thread, or neither. */
  readonly clock: 'gpu' | 'wall' | 'none';
  /** The smallest difference that the clock has shown; null before it has shown any. */
  readonly tickMs: number | null;
  /** @param step - does one step, and ends when all of it has been computed */
  each(step: () => Promise<unknown>): Promise<TimedLaunch[]>;
  /** Time that the GPU spends on the step as it is launched in training; null where that is not told apart. */
  whole(step: () => Promise<unknown>): Promise<number | null>;
  dispose(): void;
}
