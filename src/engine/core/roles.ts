// Roles of the networks in a run. Plain text, so that roles fit in links, files and event streams.

/** The model, and the further models of the comparison in order: `model-2`, `model-3`, ... */
export type ModelRole = 'model' | `model-${number}`;
/** The same network as a model, trained on each task alone. */
export type TwinRole = `${ModelRole}:twin`;
export type Role = 'baseline' | ModelRole | TwinRole;

export const twinRoleOf = (role: ModelRole): TwinRole => `${role}:twin`;

export const isTwin = (role: Role): role is TwinRole => role.endsWith(':twin');

export const isModel = (role: Role): role is ModelRole => role !== 'baseline' && !isTwin(role);

/** The model that a twin belongs to; any other role is returned unchanged. */
export function ownerOf(role: Role): 'baseline' | ModelRole {
  if (!isTwin(role)) return role;
  return role === 'model:twin' ? 'model' : `model-${numberOf(role)}`;
}

/** Position among the models of a run: 1 for `model` and its twin, 2 for `model-2`, ...; 0 for the baseline. */
export function numberOf(role: Role): number {
  if (role === 'baseline') return 0;
  return Number(/^model-(\d+)/.exec(role)?.[1] ?? 1);
}

/** "baseline", "model", "model 2", "twin of model 2" */
export function roleText(role: Role): string {
  const owner = ownerOf(role).replace('-', ' ');
  return isTwin(role) ? `twin of ${owner}` : owner;
}

/**
 * One name per network, on screen, in files and in the terminal: its label; a label that several have gets the role, and that
 * of a baseline always.
 */
export const distinctLabels = (networks: readonly { label: string; role: Role }[]): string[] =>
  networks.map(({ label, role }) =>
    role === 'baseline' || networks.filter((other) => other.label === label).length > 1
      ? `${label} (${roleText(role)})`
      : label,
  );

export const isRole = (value: unknown): value is Role =>
  typeof value === 'string' && /^(baseline|model(-[1-9]\d?)?(:twin)?)$/.test(value);
