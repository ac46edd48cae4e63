// Names of an experiment's networks: for several of one architecture, the settings in which they differ distinguish them, in
// charts, tables, files and results alike ("MultiTab-Net · F×T").
import { distinctLabels, isModel, isTwin, type ModelRole, ownerOf, type Role } from '../core/roles.ts';
import type { Catalog } from './catalog.ts';
import type { Experiment } from './experiment.ts';
import { isVisible, type ParamSpec, type Params } from './params.ts';
import { paramsApart, readableValue } from './readable.ts';

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

/** One name per network, in order; baselines keep the name of their architecture, and a twin has that of its model. */
export function networkNames(networks: readonly Named[]): string[] {
  const nameOf = ({ role, def, params }: Named): string => {
    if (isTwin(role)) {
      const own = networks.find((n) => n.role === ownerOf(role));
      return own ? `${nameOf(own)} twin` : def.label;
    }
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
  };
  return networks.map(nameOf);
}

/** Names of the model and the further models of an experiment, as a run of it will have them. */
export function namesOfModels({ model, compare }: Experiment, catalog: Catalog): string[] {
  const networks = [model, ...compare].flatMap(({ id, params }, i): Named[] => {
    const def = catalog.models.find((m) => m.id === id);
    const role: ModelRole = i === 0 ? 'model' : `model-${i + 1}`;
    return def ? [{ role, def, params }] : [];
  });
  const names = networkNames(networks);
  return distinctLabels(networks.map(({ role }, i) => ({ role, label: names[i] as string })));
}
