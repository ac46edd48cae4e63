// What the page knows of an experiment before it runs.
import type { Role } from '../core/roles.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';

/** What the page knows of an experiment before it runs. */
export interface ExperimentSummary {
  rows: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
  /** Baseline first, then the model and the further ones; trees have no parameters before they grow. */
  networks: { role: Role; id: string; label: string; parameters: number }[];
  stepsPerEpoch: number;
  /** What the masks of the model act on, and each of them as text (`masks/custom.ts`); null for models without. */
  masking: {
    tokens: TokenLabel[];
    blocks: number;
    heads: number;
    grids: { id: string; label: string; grid: string }[];
  } | null;
  /** By path, values of a choice that the rest of the experiment rules out, each with the reason; what is chosen is none of them. */
  unsuitable: Record<string, Record<string, string>>;
  /** Notes on deviations from the paper that this experiment uses. */
  notes: string[];
}
