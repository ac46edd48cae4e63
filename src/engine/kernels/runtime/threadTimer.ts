// Times the steps of backends that compute in JavaScript's thread, by its clock.
import type * as tf from '@tensorflow/tfjs-core';
import { currentRuntime } from './backendRuntime.ts';
import { aroundKernels, bytesOfAll, type KernelCall } from './kernelCalls.ts';
import { observeSteps } from './observe.ts';
import type { StepPhase } from './stepObserver.ts';
import type { StepTimer, TimedLaunch } from './stepTimer.ts';

/** The step timer of the active backend. */
export const createStepTimer = (): StepTimer => currentRuntime().timer?.() ?? new ThreadTimer();

/** The smallest step of this thread's clock. */
function threadTick(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    least = Math.min(least, to - from);
  }
  return least;
}

/** Times kernel calls; nested calls count for the outer one. */
class ThreadTimer implements StepTimer {
  readonly clock = 'wall';
  readonly tickMs = threadTick();

  async each(step: () => Promise<unknown>): Promise<TimedLaunch[]> {
    const timed: TimedLaunch[] = [];
    const origin = performance.now();
    let phase: StepPhase = 'data';
    let outermost: TimedLaunch | null = null;
    const time = (
      { kernel, inputs, launches }: KernelCall & { launches: number },
      run: () => readonly tf.TensorInfo[],
    ) => {
      if (outermost) {
        outermost.launches += launches;
        run();
        return;
      }
      const started = performance.now();
      outermost = {
        kernel,
        phase,
        shape: [],
        bytesRead: 0,
        bytesWritten: 0,
        flops: null,
        launches,
        startMs: 0,
        ms: 0,
      };
      const own = outermost;
      try {
        const outputs = run();
        own.ms = performance.now() - started;
        own.startMs = started - origin;
        own.shape = outputs[0]?.shape ?? [];
        own.bytesRead = bytesOfAll(inputs);
        own.bytesWritten = bytesOfAll(outputs);
        timed.push(own);
      } finally {
        outermost = null;
      }
    };
    const endKernels = aroundKernels(({ launches, ...call }, run) => {
      if (launches === null) run();
      else time({ ...call, launches }, run);
    });
    const endSteps = observeSteps({
      enter: (next) => {
        phase = next;
      },
      run: (kernel, { reads, writes }, work) =>
        time({ kernel, inputs: reads, launches: 1 }, () => {
          work();
          return writes;
        }),
    });
    try {
      await step();
    } finally {
      endSteps();
      endKernels();
    }
    const first = timed[0]?.startMs ?? 0;
    return timed.map((launch) => ({ ...launch, startMs: launch.startMs - first }));
  }

  async whole(): Promise<null> {
    return null;
  }

  dispose(): void {}
}
