// Undo and redo: past, present and future states.
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
}

const LIMIT = 200;

export const startHistory = <T>(present: T): History<T> => ({ past: [], present, future: [] });

export const push = <T>({ past, present }: History<T>, next: T): History<T> => ({
  past: [...past, present].slice(-LIMIT),
  present: next,
  future: [],
});

export function undo<T>(h: History<T>): History<T> {
  const last = h.past.at(-1);
  if (last === undefined) return h;
  return { past: h.past.slice(0, -1), present: last, future: [h.present, ...h.future] };
}

export function redo<T>(h: History<T>): History<T> {
  const [next, ...rest] = h.future;
  if (next === undefined) return h;
  return { past: [...h.past, h.present], present: next, future: rest };
}
