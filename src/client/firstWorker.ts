// A worker that starts before anybody listens to it.
import type { WorkerLike } from './trainClient.ts';

/**
 * Starts a worker now, and holds back what it says until it is taken.
 * @returns takes that worker, the first time; starts a new one after that. Whoever takes one listens to it at once
 */
export function startEarly(create: () => WorkerLike): () => WorkerLike {
  const worker = create();
  const unheard: (() => void)[] = [];
  worker.onmessage = (event) => unheard.push(() => worker.onmessage?.(event));
  worker.onerror = (event) => unheard.push(() => worker.onerror?.(event));
  worker.onmessageerror = (event) => unheard.push(() => worker.onmessageerror?.(event));
  let isTaken = false;
  return () => {
    if (isTaken) return create();
    isTaken = true;
    queueMicrotask(() => {
      for (const tell of unheard) tell();
    });
    return worker;
  };
}
