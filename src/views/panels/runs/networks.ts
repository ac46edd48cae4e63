// The networks of compared runs: their models, and on request what stands beside them (baseline, twins, further networks).
import { isTwin, numberOf, type Role, roleText } from '../../../engine/core/roles.ts';
import { networkIn, type RunEntry } from '../../../store/runEntry.ts';
import { capitalised } from '../../charts/format.ts';
import type { Group } from './compare.ts';

export interface NetworkChoice {
  role: Role;
  /** "Baseline: ST-MLP"; all names if runs differ in what has the role. */
  label: string;
}

const namesOf = (runs: readonly RunEntry[], role: Role): string[] => [
  ...new Set(runs.flatMap((entry) => networkIn(entry, role)?.label ?? [])),
];

const place = (role: Role): number => 2 * numberOf(role) + (isTwin(role) ? 1 : 0);

/** Baseline first, then each model before its twin. The models of runs that have not been tested are a choice as well. */
export function networkChoices(runs: readonly RunEntry[]): NetworkChoice[] {
  const roles = new Set<Role>(['model', ...runs.flatMap(({ networks }) => networks.map(({ role }) => role))]);
  return [...roles]
    .sort((a, b) => place(a) - place(b))
    .map((role) => {
      const names = namesOf(runs, role).join(', ');
      return { role, label: capitalised(roleText(role)) + (names && `: ${names}`) };
    });
}

/**
 * Every group once per chosen network that its runs have. Labels name the network, unless all of them are models.
 * @param roles - in the order of `networkChoices`
 */
export function groupsOfNetworks(groups: readonly Group[], roles: readonly Role[]): Group[] {
  if (roles.every((role) => role === 'model')) return [...groups];
  return groups.flatMap((group) =>
    roles.flatMap((role) => {
      const names = namesOf(group.runs, role);
      if (names.length === 0) return [];
      const own = role === 'model' ? names.join(' or ') : `${names.join(' or ')} (${roleText(role)})`;
      return { ...group, id: `${group.id} ${role}`, label: `${group.label}, ${own}`, role };
    }),
  );
}
