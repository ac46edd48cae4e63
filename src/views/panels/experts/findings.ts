// Texts for the anomalies of expert use: definitions with limits and findings.
import type { AnomalyDefinition, ExpertAnomaly } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';

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

/** An expert with a larger share of exact zeros counts as collapsed. */
export const collapseLimit = (definitions: readonly AnomalyDefinition[]): number =>
  definitions.find(({ kind }) => kind === 'collapse')?.limit ?? Number.POSITIVE_INFINITY;
