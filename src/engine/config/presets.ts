// Named experiments. Each states only what differs from the defaults of its parts.
export interface Preset {
  id: string;
  label: string;
  /** One sentence: what to look at. */
  summary: string;
  /** Input of `parseExperiment`. */
  experiment: Record<string, unknown>;
}
