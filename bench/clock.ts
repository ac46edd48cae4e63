// The clock of benches in Node. On a software adapter it is CPU time, including the adapter's threads, because wall time is
// unreliable on a shared machine.

/** @returns a function that returns milliseconds since some start */
export function clockOf(software: boolean): () => number {
  if (!software) return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
