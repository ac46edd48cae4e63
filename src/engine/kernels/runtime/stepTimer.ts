// Times the launches of a training step, one after another. A timer never changes results, and has no effect while no step is
// timed.
import type { StepPhase } from './stepObserver.ts';

/** Description of a launch besides its time. */
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
  /** Multiplications and additions of its products; null if unknown. */
  flops: number | null;
  /**
   * Number of launches it counts for: more than one for a kernel of ours without a fast version, which runs plain operations.
   */
  launches: number;
}

export interface TimedLaunch extends LaunchNote {
  /** Since the first launch of the step. */
  startMs: number;
  /** Null if the device cannot measure it. */
  ms: number | null;
}

export interface StepTimer {
  /** Timestamps of the GPU, the time of the thread, or neither. */
  readonly clock: 'gpu' | 'wall' | 'none';
  /** The smallest difference that the clock has shown; null before any. */
  readonly tickMs: number | null;
  /** @param step - takes one step, and resolves when it has been computed */
  each(step: () => Promise<unknown>): Promise<TimedLaunch[]>;
  /** GPU time of the step as launched in training; null if it cannot be measured separately. */
  whole(step: () => Promise<unknown>): Promise<number | null>;
  dispose(): void;
}
