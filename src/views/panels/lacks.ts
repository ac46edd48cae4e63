// What a network has no part of is known before anything is measured.
import { can } from '../../engine/config/capabilities.ts';
import type { Capability, Catalog } from '../../engine/config/catalog.ts';
import type { Role } from '../../engine/core/roles.ts';
import type { NetworkInfo } from '../../engine/protocol/result.ts';
import type { RunStatus } from '../../store/runRecord.ts';

/**
 * True where the network that is asked for has no such part to look into, which is known before anything is measured. While a run
 * goes on and no network is named, the one in training is meant, and nothing is said.
 */
export function lacks(
  catalog: Pick<Catalog, 'models'> | null,
  run: {
    status: RunStatus;
    seedStates: readonly { parts: readonly Pick<NetworkInfo, 'id' | 'role'>[] }[];
  } | null,
  role: Role | null,
  capability: Capability,
): boolean {
  const isActive = run?.status === 'running' || run?.status === 'paused' || run?.status === 'preparing';
  if (!catalog || !run || (isActive && role === null)) return false;
  const asked = run.seedStates.at(-1)?.parts.find((p) => p.role === (role ?? 'model'));
  return asked !== undefined && !can(catalog.models, asked.id, capability);
}
