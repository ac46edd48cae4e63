// Where the time of a training step goes: kernels, launches, memory.
import type { Role } from '../core/roles.ts';
import type { StepPhase } from '../kernels/runtime/stepObserver.ts';
import type { BackendId } from './backend.ts';

/** What all launches of one kernel in one part of a training step come to, per step. */
export interface KernelTime {
  kernel: string;
  phase: StepPhase;
  launches: number;
  /** Mean over the middle half of the steps, of all where the clock is coarse, with its standard error; null where the device cannot tell. */
  ms: number | null;
  msError: number | null;
  /** Bytes of the tensors that are read, and of those written or changed in place; each tensor counts once per launch. */
  bytesRead: number;
  bytesWritten: number;
}

/** One launch of a step, in order. */
export interface LaunchTime {
  kernel: string;
  phase: StepPhase;
  /** Shape of its first output. */
  shape: number[];
  /** Since the first launch, and how long it took, of the middle half of the steps; null where the device cannot tell. */
  startMs: number | null;
  ms: number | null;
}

/** Where the time of a training step goes, measured on a copy of the network that changes nothing. */
export interface StepProfile {
  role: Role;
  id: string;
  label: string;
  /** Where the network of the run stood that was copied; null for a new network. */
  at: { seed: number; step: number } | null;
  backend: BackendId;
  batchSize: number;
  /** Steps that were timed launch by launch. */
  steps: number;
  /** Steps are replayed from a recording. */
  isReplayed: boolean;
  /** Time of an ordinary step, with nothing timed within it: mean of the middle half, where steps in flight together count as one. */
  stepMs: number;
  /** Time of that step in JavaScript, mean; null where the kernels compute in JavaScript's thread. */
  jsMs: number | null;
  /** Time of that step on the GPU, median; null where there is no GPU, or it cannot tell. */
  gpuMs: number | null;
  /** Time of a step whose launches are timed one by one: mean of the middle half. */
  timedStepMs: number;
  clock: {
    kind: 'gpu' | 'wall' | 'none';
    /** The finest difference it shows. */
    tickMs: number | null;
    /** It hardly tells single launches, so that more steps were timed. */
    isCoarse: boolean;
  };
  /** Longest first. */
  kernels: KernelTime[];
  timeline: LaunchTime[];
  memory: {
    /** Bytes of tensors: parameters, optimizer and batch. */
    tensorBytes: number;
    /** Bytes of recorded steps; shared with other networks of the run. */
    recordedBytes: number;
    /** The most that a step holds, both together. */
    peakBytes: number;
    /** Everything on the GPU, of all networks; null elsewhere. */
    gpuBytes: number | null;
  };
}
