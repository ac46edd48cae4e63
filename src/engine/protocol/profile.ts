// The time of a training step by kernel: launches, milliseconds, memory.
import type { Role } from '../core/roles.ts';
import type { StepPhase } from '../kernels/runtime/stepObserver.ts';
import type { BackendId } from './backend.ts';

/** Total of all launches of one kernel in one part of a training step, per step. */
export interface KernelTime {
  kernel: string;
  phase: StepPhase;
  launches: number;
  /**
   * Mean over the middle half of the steps (over all if the clock is coarse), with its standard error; null if the device
   * cannot measure it.
   */
  ms: number | null;
  msError: number | null;
  /** Bytes of the tensors read, and of those written or changed in place; each tensor counts once per launch. */
  bytesRead: number;
  bytesWritten: number;
}

/** One launch of a step, in order. */
export interface LaunchTime {
  kernel: string;
  phase: StepPhase;
  /** Shape of its first output. */
  shape: number[];
  /** Time since the first launch, and duration, from the middle half of the steps; null if the device cannot measure them. */
  startMs: number | null;
  ms: number | null;
}

/** The profile of a training step, measured on a copy of the network. */
export interface StepProfile {
  role: Role;
  id: string;
  label: string;
  /** The run's position when the network was copied; null for a new network. */
  at: { seed: number; step: number } | null;
  backend: BackendId;
  batchSize: number;
  /** Number of steps timed launch by launch. */
  steps: number;
  /** Steps are replayed from a recording. */
  isReplayed: boolean;
  /** Time of an ordinary step without timing inside: mean of the middle half, where steps in flight together count as one. */
  stepMs: number;
  /** JavaScript time of that step, mean; null if the kernels run in JavaScript's thread. */
  jsMs: number | null;
  /** GPU time of that step, median; null without a GPU, or if it cannot measure. */
  gpuMs: number | null;
  /** Time of a step whose launches are timed one by one: mean of the middle half. */
  timedStepMs: number;
  clock: {
    kind: 'gpu' | 'wall' | 'none';
    /** Resolution of the clock. */
    tickMs: number | null;
    /** The clock hardly resolves single launches, so more steps were timed. */
    isCoarse: boolean;
  };
  /** Longest first. */
  kernels: KernelTime[];
  timeline: LaunchTime[];
  memory: {
    /** Bytes of tensors: parameters, optimizer and batch. */
    tensorBytes: number;
    /** Bytes of recorded steps; shared with the run's other networks. */
    recordedBytes: number;
    /** Peak of a step, both together. */
    peakBytes: number;
    /** Everything on the GPU, for all networks; null elsewhere. */
    gpuBytes: number | null;
  };
}
