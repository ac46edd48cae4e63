// What the anomalies of expert use come to on the page: their definitions with limits and findings, and what to say
// when there is nothing to show yet.
import type { AnomalyDefinition, ExpertAnomaly } from '../../../engine/protocol.ts';
import type { ExpertsState, RunState } from '../../../store/runState.ts';

/**
 * Share of exact zeros from which an expert counts as collapsed (Wang et al. 2024, HoME, section 1: "over 90% zero
 * activations"). Used for the mark on the bars while no finding names the limit it was judged by.
 */
const COLLAPSE_LIMIT = 0.9;

export interface AnomalyRow extends AnomalyDefinition {
  /** Null where no finding tells it; the definition then says it in words. */
  limit: number | null;
  findings: ExpertAnomaly[];
}

export function anomalyRows({ anomalies, definitions }: ExpertsState): AnomalyRow[] {
  return definitions.map((definition) => {
    const findings = anomalies
      .filter(({ kind }) => kind === definition.kind)
      .sort((a, b) => a.layer - b.layer);
    return { ...definition, findings, limit: findings[0]?.limit ?? null };
  });
}

export const collapseLimit = (anomalies: readonly ExpertAnomaly[]): number =>
  anomalies.find(({ kind }) => kind === 'collapse')?.limit ?? COLLAPSE_LIMIT;

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
