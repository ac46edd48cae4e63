// Names the architectures that have a capability, for messages.
import type { Capability, ModelEntry } from './catalog.ts';

type Entry = Pick<ModelEntry, 'id' | 'label' | 'capabilities'>;

export const can = (models: readonly Entry[], id: string, capability: Capability): boolean =>
  models.some((m) => m.id === id && m.capabilities.includes(capability));

/** "MMoE, PLE, STEM and HoME" */
export function labelsWith(models: readonly Entry[], capability: Capability): string {
  const labels = models.filter((m) => m.capabilities.includes(capability)).map((m) => m.label);
  if (labels.length < 2) return labels.join('');
  return `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}
