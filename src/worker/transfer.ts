// Lists the buffers of an event that are transferred to the page instead of copied.
import type { Event } from '../engine/protocol/messages.ts';

/** The buffers of all `Float32Array`s in an event, each once. */
export function buffersOf(event: Event): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  collect(event, buffers);
  return [...buffers];
}

function collect(value: unknown, into: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Float32Array && value.buffer instanceof ArrayBuffer) into.add(value.buffer);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) collect(item, into);
}
