// Names of an experiment's networks: for several of one architecture, the settings in which they differ distinguish them, in
// charts, tables, files and results alike ("MultiTab-Net · F×T").
import { paramsApart, readableValue } from '../config/changes.ts';
import { isVisible, type ParamSpec, type Params } from '../config/params.ts';
import { isModel, type Role } from '../core/roles.ts';

interface Named {
  role: Role;
  def: { id: string; label: string; params: readonly ParamSpec[] };
  params: Params;
}

/** More settings would make a list, not a name. */
const MAX_PARTS = 3;
const MAX_VALUE = 20;

/** "F×T" from "F×T: features cannot read tasks", "blocks 2", "mask none"; null if too long for a name. */
function partOf(spec: ParamSpec, value: Params[string]): string | null {
  const text = readableValue(spec, value ?? spec.default);
  const [short = text, rest] = text.split(':');
  if (rest !== undefined) return short;
  return text.length > MAX_VALUE ? null : `${spec.label.toLowerCase()} ${text.toLowerCase()}`;
}

/**
 * One name per network, in order; twins and baselines keep the name of their architecture, because their role distinguishes
 * them.
 */
export function networkNames(networks: readonly Named[]): string[] {
  return networks.map(({ role, def, params }) => {
    if (!isModel(role)) return def.label;
    const others = networks.filter((n) => n.role !== role && isModel(n.role) && n.def.id === def.id);
    const specs = def.params.filter((spec) => isVisible(spec, params));
    const parts = paramsApart(
      specs,
      params,
      others.map((n) => n.params),
    ).flatMap(({ spec, value }) => partOf(spec, value) ?? []);
    const named = parts.slice(0, MAX_PARTS);
    return named.length > 0 ? `${def.label} · ${named.join(', ')}` : def.label;
  });
}
