// Probes that run even when no panel shows them, and whose answers are remembered, so that a time slider reaches back to the
// first epoch.
import type { Measured, ProbeId, ProbeRequest } from '../engine/probes/registry.ts';
import { withSnapshot } from './attentionSnapshots.ts';

interface Memory<Id extends ProbeId> {
  /** Asked of every run at the end of every epoch, unless a panel asks for more. */
  request: ProbeRequest<Id>;
  /** The remembered answers with one more at the end. */
  add(before: readonly Measured<Id>[], answer: Measured<Id>): readonly Measured<Id>[];
}

export const memories: { [Id in ProbeId]?: Memory<Id> } = {
  attention: { request: { rows: { kind: 'mean' } }, add: withSnapshot },
};

export type Remembered = { [Id in ProbeId]?: readonly Measured<Id>[] };

export function remember(remembered: Remembered, probe: string, answer: Measured<ProbeId>): Remembered {
  const memory = memories[probe as ProbeId] as Memory<ProbeId> | undefined;
  if (!memory) return remembered;
  const before = (remembered[probe as ProbeId] ?? []) as readonly Measured<ProbeId>[];
  return { ...remembered, [probe]: memory.add(before, answer) };
}
