// Actions of keys and clickers in stage mode. Clickers send Page up and Page down.
export type StageAction = 'next' | 'back' | 'toggle' | 'slower' | 'faster' | 'leave';

const ACTIONS: Record<string, StageAction> = {
  ArrowRight: 'next',
  PageDown: 'next',
  ArrowLeft: 'back',
  PageUp: 'back',
  ' ': 'toggle',
  '.': 'toggle',
  '-': 'slower',
  '+': 'faster',
  '=': 'faster',
  Escape: 'leave',
};
/** Keys that a focused control keeps for itself. */
const ITS_OWN = new Set(['ArrowRight', 'ArrowLeft', ' ']);

/** @param isControl - whether a control has the focus, which keeps arrows and Space for itself */
export const actionOf = (key: string, isControl: boolean): StageAction | null =>
  (isControl && ITS_OWN.has(key) ? null : ACTIONS[key]) ?? null;

/** Steps per second, from fast to slow; null is full speed. */
export const PACES = [null, 20, 5, 2, 1, 0.5] as const;

/** The next slower or faster pace; unchanged at either end. */
export function paceAfter(pace: number | null, action: 'slower' | 'faster'): number | null {
  const at = PACES.indexOf(pace as (typeof PACES)[number]) + (action === 'slower' ? 1 : -1);
  return PACES[Math.min(Math.max(at, 0), PACES.length - 1)] ?? null;
}
