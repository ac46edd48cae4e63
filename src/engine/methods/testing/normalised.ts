// A toy method that learns: it makes gradients about equally long, using the running mean of their norms.
import type { GramMethod, MethodState } from '../method.ts';

export const normalised: GramMethod = {
  id: 'normalised',
  label: 'Normalised',
  summary: 'Every task pulls about equally hard on what all share.',
  citation: '',
  deviations: [],
  params: [],
  needs: 'gram',
  start({ numTasks }) {
    let norms: Float32Array | null = null;
    return {
      weights(gram) {
        const now = Float32Array.from({ length: numTasks }, (_, t) =>
          Math.sqrt(gram[t * numTasks + t] as number),
        );
        norms = norms ? norms.map((norm, t) => 0.5 * norm + 0.5 * (now[t] as number)) : now;
        const mean = norms.reduce((a, b) => a + b, 0) / numTasks;
        return norms.map((norm) => mean / Math.max(norm, 1e-12));
      },
      save: async (): Promise<MethodState> => (norms ? { norms } : {}),
      restore(state) {
        norms = state.norms ?? null;
      },
    };
  },
};
