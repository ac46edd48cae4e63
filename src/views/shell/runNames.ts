// How a run is called: on screen, and in the caption of a figure that leaves the page.
import type { RunState } from '../../store/runState.ts';
import { formatCount } from '../charts/format.ts';

/** "Run 3 · MultiTab-Net" */
export function titleOf(run: RunState): string {
  const model = run.seedStates[0]?.parts.find((p) => p.role === 'model')?.label ?? run.experiment.model.id;
  return `${run.isExample ? 'Example run' : `Run ${run.number}`} · ${model}`;
}

/** The experiment in a sentence, with what decides its attention. */
export function noteOf(run: RunState): string {
  const { model } = run.experiment;
  const mask = 'mask' in model.params ? `, mask ${model.params.mask}` : '';
  const table = run.dataset ? `, ${run.dataset.name}, ${formatCount(run.dataset.rows)} rows` : '';
  return `${titleOf(run)}${mask}${table}, seed ${run.seedStates.at(-1)?.seed ?? run.seeds[0]}.`;
}
