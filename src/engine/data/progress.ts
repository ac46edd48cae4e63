// How long work on a table says how far it is, and how it is stopped.

/** Called now and then with the finished share in [0, 1]; awaiting it lets messages in. Throws to cancel. */
export type ProgressSink = (fraction: number, phase: string) => Promise<void>;

/** The sink of work that nobody watches or stops. */
export const UNWATCHED: ProgressSink = async () => {};
