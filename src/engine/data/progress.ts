// How long-running work on a table reports progress and is stopped.

/** Called now and then with the finished share in [0, 1]; awaiting it lets messages in. Throws to cancel the work. */
export type ProgressSink = (fraction: number, phase: string) => Promise<void>;

/** The phases of reading as intervals of the whole, in proportion to their time. */
const PARTS: Record<string, readonly [from: number, to: number]> = {
  unpacking: [0, 0.1],
  'reading the file': [0.1, 0.55],
  'reading columns': [0.55, 0.6],
  'Understanding columns': [0.6, 1],
};

/** The finished share of the whole reading, from that of one phase. */
export function shareOfReading(fraction: number, phase: string): number {
  const [from, to] = PARTS[phase] ?? [0, 1];
  return from + (to - from) * fraction;
}

/** The progress of one of several readings of the same file. @param pass - counted from 0 */
export const inPass =
  (progress: ProgressSink, pass: number, passes: number): ProgressSink =>
  (fraction, phase) =>
    progress((pass + fraction) / passes, phase);

/** A sink for work that is neither watched nor stopped. */
export const UNWATCHED: ProgressSink = async () => {};
