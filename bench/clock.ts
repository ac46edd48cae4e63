// The clock of benches in Node. On a software adapter CPU time counts, threads of the adapter included, because a shared
// machine makes the clock on the wall unsteady.

/** @returns a function that gives milliseconds from some start */
export function clockOf(software: boolean): () => number {
  if (!software) return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
