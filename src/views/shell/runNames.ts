// Names of a run: on screen, and in the caption of a saved figure.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import type { Params } from '../../engine/config/params.ts';
import type { Role } from '../../engine/core/roles.ts';
import { distinctLabels, numberOf, roleText } from '../../engine/core/roles.ts';
import type { NetworkInfo } from '../../engine/protocol/result.ts';
import { nameOf, type RunEntry } from '../../store/runEntry.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { formatCount } from '../charts/format.ts';

/** What names the architectures of runs that failed before their first seed; null until the engine has sent it. */
type Names = Pick<Catalog, 'models'> | null;

const modelName = ({ experiment: { model } }: RunRecord, catalog: Names): string =>
  catalog?.models.find(({ id }) => id === model.id)?.label ?? model.id;

/** The name of a network of the run, as in `distinctLabels`. */
export function networkLabel(parts: readonly Pick<NetworkInfo, 'label' | 'role'>[], role: Role): string {
  const at = parts.findIndex((p) => p.role === role);
  return distinctLabels(parts)[at] ?? role;
}

/** Names a network in a sentence about the run; "baseline" if it failed before its networks were known. */
export function networkIn(run: RunRecord, role: Role): string {
  const parts = run.seedStates.at(-1)?.parts ?? [];
  return parts.some((p) => p.role === role) ? networkLabel(parts, role) : roleText(role);
}

/** "Run 3 · MultiTab-Net" */
export function titleOf(run: RunRecord, catalog: Names): string {
  const model = run.seedStates[0]?.parts.find((p) => p.role === 'model')?.label ?? modelName(run, catalog);
  return `${run.isExample ? 'Example run' : `Run ${run.number}`} · ${model}`;
}

/** What was measured: the network, and its point of training. */
export interface Measured {
  role: Role;
  seed: number;
  step: number;
  epoch: number;
}

/** Settings of a network of the experiment; a twin has those of its model. */
function paramsOf({ model, baseline, compare }: Experiment, role: Role): Params {
  return [baseline, model, ...compare][numberOf(role)]?.params ?? {};
}

/**
 * The experiment in a sentence, with the settings that affect its attention; describes the model if no measurement is given.
 */
export function noteOf(run: RunRecord, catalog: Names, measured?: Measured | null): string {
  const role = measured?.role ?? 'model';
  const parts = run.seedStates.at(-1)?.parts ?? [];
  const params = paramsOf(run.experiment, role);
  const mask = 'mask' in params ? `, mask ${params.mask === 'custom' ? 'painted' : params.mask}` : '';
  const name = run.isExample ? 'Example run' : `Run ${run.number}`;
  const network = parts.length > 0 ? networkLabel(parts, role) : modelName(run, catalog);
  const table = run.dataset ? `, ${run.dataset.name}, ${formatCount(run.dataset.rows)} rows` : '';
  const seed = measured?.seed ?? run.seedStates.at(-1)?.seed ?? run.seeds[0];
  const when = measured ? `, step ${formatCount(measured.step)}, epoch ${measured.epoch}` : '';
  return `${name}: ${network}${mask}${table}, seed ${seed}${when}.`;
}

/** Names shown under a picture of several runs. */
const NAMED = 6;

/** What stands under a saved picture of compared runs: whose they are. */
export function noteOfCompared(runs: readonly Pick<RunEntry, 'labels' | 'number'>[]): string {
  const names = runs.slice(0, NAMED).map(nameOf).join(', ');
  return `Compared: ${names}${runs.length > NAMED ? ` and ${runs.length - NAMED} more` : ''}.`;
}
