// Measures weights that were opened, and remembers them: if they do not fit, they are offered again with their own settings.
import type { Experiment } from '../../../engine/config/experiment.ts';
import type { Opened } from '../../../store/state.ts';
import { useStore } from '../../../store/store.ts';

/** @param experiment - the settings to measure with; null for those on the left */
export function measureWeights(weights: NonNullable<Opened['weights']>, experiment: Experiment | null): void {
  const { setExperiment, start } = useStore.getState();
  useStore.setState({ measured: weights });
  if (experiment) setExperiment(experiment);
  start({ weights: weights.input, ...(experiment && { experiment }) });
}
