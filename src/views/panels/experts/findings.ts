// What the anomalies of expert use come to on the page: their definitions with limits and findings, and what to say
// when there is nothing to show yet.
import type { AnomalyDefinition, ExpertAnomaly } from '../../../engine/protocol.ts';
import type { ExpertsState, RunState } from '../../../store/runState.ts';

export interface AnomalyRow extends AnomalyDefinition {
  findings: ExpertAnomaly[];
}

export function anomalyRows({ anomalies, definitions }: ExpertsState): AnomalyRow[] {
  return definitions.map((definition) => {
    const findings = anomalies
      .filter(({ kind }) => kind === definition.kind)
      .sort((a, b) => a.layer - b.layer);
    return { ...definition, findings };
  });
}

/** Share of exact zeros above which an expert counts as collapsed. */
export const collapseLimit = (definitions: readonly AnomalyDefinition[]): number =>
  definitions.find(({ kind }) => kind === 'collapse')?.limit ?? Number.POSITIVE_INFINITY;

/** Epochs of the model that have been evaluated, over all seeds. */
export const epochsDone = (run: RunState | null): number =>
  run?.seedStates.reduce((sum, seed) => sum + seed.records.model.length, 0) ?? 0;

export type Missing = 'unmeasured' | 'awaited' | 'no-experts';

/**
 * Why there is no expert use on screen, or null when there is.
 * A run measures at once when asked to, and after every epoch: one that has been watched for two epochs and says
 * nothing has nothing to measure.
 * @param firstEpochs - epochs done when the run came on screen here
 */
export function missing(run: RunState | null, firstEpochs: number): Missing | null {
  if (run?.experts) return run.experts.layers.length > 0 ? null : 'no-experts';
  if (!run) return 'unmeasured';
  if (run.status === 'preparing') return 'awaited';
  const watched = epochsDone(run) - firstEpochs;
  if (run.status === 'running') return watched >= 2 ? 'no-experts' : 'awaited';
  return !run.isExample && run.status === 'finished' && watched >= 2 ? 'no-experts' : 'unmeasured';
}
