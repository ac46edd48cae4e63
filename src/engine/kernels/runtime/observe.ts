// Informs the observer of training steps; only profiles observe.
import { setStepObserver, stepObserver } from './backendRuntime.ts';
import type { StepObserver, StepPhase, Traffic } from './stepObserver.ts';

/** @returns a function that ends it; one observer at a time */
export function observeSteps(next: StepObserver): () => void {
  if (stepObserver()) throw new Error('observeSteps: expected no observer, there is one already');
  setStepObserver(next);
  return () => setStepObserver(null);
}

export const enterPhase = (phase: StepPhase): void => stepObserver()?.enter(phase);

export function runAsKernel(kernel: string, traffic: Traffic, work: () => void): void {
  const observer = stepObserver();
  if (observer) observer.run(kernel, traffic, work);
  else work();
}
