// What the page knows of an experiment before it runs.
import type { Role } from '../core/roles.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';

/** What the page knows of an experiment before it runs. */
export interface ExperimentSummary {
  rows: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
  /** Baseline first, then the model and the further ones; trees have no parameters before they are grown. */
  networks: { role: Role; id: string; label: string; parameters: number }[];
  stepsPerEpoch: number;
  /** The tokens that the model's masks apply to, and each mask as text (`masks/custom.ts`); null for models without masks. */
  masking: {
    tokens: TokenLabel[];
    blocks: number;
    heads: number;
    grids: { id: string; label: string; grid: string }[];
  } | null;
  /**
   * By path, values of a choice that the rest of the experiment rules out, with reasons; the chosen value is never among them.
   */
  unsuitable: Record<string, Record<string, string>>;
  /** Notes on deviations from the paper that this experiment uses. */
  notes: string[];
}
