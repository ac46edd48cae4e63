// The clock of benches in Node. On a software adapter, its threads included, and for wasm, which has one thread, it is CPU time, because
// wall time is unreliable on a shared machine.
import type { BackendReport } from '../src/engine/protocol/backend.ts';

export const countsProcessor = ({ active, software }: Pick<BackendReport, 'active' | 'software'>): boolean =>
  software || active === 'wasm';

/** @returns a function that returns milliseconds since some start */
export function clockOf(ofProcessor: boolean): () => number {
  if (!ofProcessor) return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
