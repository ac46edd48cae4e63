// How long work on a table says how far it is, and how it is stopped.

/** Called now and then with the finished share in [0, 1]; awaiting it lets messages in. Throws to cancel. */
export type ProgressSink = (fraction: number, phase: string) => Promise<void>;

/** Where the parts of reading a table stand in the whole, by the time that each takes. */
const PARTS: Record<string, readonly [from: number, to: number]> = {
  unpacking: [0, 0.1],
  'reading the file': [0.1, 0.4],
  'reading columns': [0.4, 0.45],
  'Understanding columns': [0.45, 1],
};

/** The finished share of the whole reading. */
export function shareOfReading(fraction: number, phase: string): number {
  const [from, to] = PARTS[phase] ?? [0, 1];
  return from + (to - from) * fraction;
}

/** The sink of work that nobody watches or stops. */
export const UNWATCHED: ProgressSink = async () => {};
