// Probes that are asked while nobody looks, and whose answers are remembered: for a time slider that goes back to the first epoch,
// whatever was on screen.
import type { Measured, ProbeId, ProbeRequest } from '../engine/probes/registry.ts';
import { withMoment } from './attentionHistory.ts';

interface Memory<Id extends ProbeId> {
  /** Asked of every run at the end of every epoch, unless more is asked. */
  request: ProbeRequest<Id>;
  /** What is remembered, with one more answer at the end. */
  add(before: readonly Measured<Id>[], answer: Measured<Id>): readonly Measured<Id>[];
}

export const memories: { [Id in ProbeId]?: Memory<Id> } = {
  attention: { request: { rows: { kind: 'mean' } }, add: withMoment },
};

export type Remembered = { [Id in ProbeId]?: readonly Measured<Id>[] };

export function remember(remembered: Remembered, probe: string, answer: Measured<ProbeId>): Remembered {
  const memory = memories[probe as ProbeId] as Memory<ProbeId> | undefined;
  if (!memory) return remembered;
  const before = (remembered[probe as ProbeId] ?? []) as readonly Measured<ProbeId>[];
  return { ...remembered, [probe]: memory.add(before, answer) };
}
