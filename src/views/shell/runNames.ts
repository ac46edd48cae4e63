// Names of a run: on screen, and in the caption of a saved figure.
import type { Experiment } from '../../engine/config/experiment.ts';
import type { Params } from '../../engine/config/params.ts';
import type { Role } from '../../engine/core/roles.ts';
import { numberOf } from '../../engine/core/roles.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { formatCount } from '../charts/format.ts';
import { networkLabel } from '../panels/NetworkSelect.tsx';

/** "Run 3 · MultiTab-Net" */
export function titleOf(run: RunRecord): string {
  const model = run.seedStates[0]?.parts.find((p) => p.role === 'model')?.label ?? run.experiment.model.id;
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
export function noteOf(run: RunRecord, measured?: Measured | null): string {
  const role = measured?.role ?? 'model';
  const parts = run.seedStates.at(-1)?.parts ?? [];
  const params = paramsOf(run.experiment, role);
  const mask = 'mask' in params ? `, mask ${params.mask === 'custom' ? 'painted' : params.mask}` : '';
  const name = run.isExample ? 'Example run' : `Run ${run.number}`;
  const network = parts.length > 0 ? networkLabel(parts, role) : run.experiment.model.id;
  const table = run.dataset ? `, ${run.dataset.name}, ${formatCount(run.dataset.rows)} rows` : '';
  const seed = measured?.seed ?? run.seedStates.at(-1)?.seed ?? run.seeds[0];
  const when = measured ? `, step ${formatCount(measured.step)}, epoch ${measured.epoch}` : '';
  return `${name}: ${network}${mask}${table}, seed ${seed}${when}.`;
}
