// The browser part of `npm run bench:first-step`: one run of the engine until its first step is reported.
import { runtimeOf } from '../src/engine/kernels/runtime/backendRuntime.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startBrowserBackend } from '../src/platform/browser.ts';
import { firstExperiment } from './firstRun.ts';

export interface FirstStep {
  ms: number;
  /** Longest time without a frame. */
  pauseMs: number;
  /** Number of kernels compiled ahead. */
  kernels: number;
}

declare global {
  interface Window {
    /** @param ahead - compile before the first step, instead of at each kernel's first launch */
    firstStep(model: object, ahead: boolean): Promise<FirstStep>;
  }
}

/** Measures the longest time between two frames until it is ended. */
function watchFrames(): { end(): number } {
  let longest = 0;
  let last = performance.now();
  let watching = true;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (watching) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return {
    end: () => {
      watching = false;
      return Math.max(longest, performance.now() - last);
    },
  };
}

window.firstStep = async (model, ahead) => {
  const faults: string[] = [];
  const backend = await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
    faults.push(message),
  );
  if (!ahead) runtimeOf('webgpu').preparer = { upload: () => {}, prepare: async () => {} };
  const experiment = firstExperiment({
    rows: 320,
    batchSize: 32,
    model,
    baseline: { hidden: [32], embedding: 4 },
  });
  const control = new RunControl();
  const frames = watchFrames();
  const started = performance.now();
  let measured: { ms: number; pauseMs: number } | null = null;
  let kernels = 0;
  const session = await runSession({
    runId: 'first-step',
    experiment,
    backend,
    control,
    emit: (event) => {
      if (event.type === 'compiling') kernels = event.total;
      if (event.type !== 'progress' || measured) return;
      measured = { ms: performance.now() - started, pauseMs: frames.end() };
      control.stop();
    },
  });
  session.dispose();
  const { error } = session.result;
  if (error || faults.length > 0) throw new Error(error?.message ?? faults.join(' '));
  if (!measured) throw new Error('the run ended without a step');
  return { ...(measured as { ms: number; pauseMs: number }), kernels };
};
