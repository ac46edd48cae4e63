// CR-MOGM: weights that change slowly, over any method that makes weights of inner products.
import { keptArrays, requireOnly } from './arrays.ts';
import type { GramMethod, MethodState } from './method.ts';

/**
 * lambda_k = momentum lambda_{k-1} + (1 - momentum) w_k, w_k the weights of the method at step k (Zhou et al. 2022, "On the
 * Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond", Algorithm 1). It starts with the weights of the first
 * step, so that it has their scale; the paper starts with equal ones.
 */
export function smoothed(method: GramMethod, momentum: number): GramMethod {
  if (momentum === 0) return method;
  return {
    ...method,
    label: `${method.label}, smoothed`,
    start(context) {
      const { numTasks } = context;
      const inner = method.start(context);
      const own = keptArrays(method.id, {
        smoothedWeights: new Float32Array(numTasks),
        smoothedSteps: new Float32Array(1),
      });
      const { smoothedWeights: kept, smoothedSteps: steps } = own;
      return {
        ...inner,
        weights(gram, losses, step) {
          const share = steps[0] === 0 ? 0 : momentum;
          steps[0] = 1;
          const now = inner.weights(gram, losses, step);
          for (let t = 0; t < numTasks; t++)
            kept[t] = share * (kept[t] as number) + (1 - share) * (now[t] as number);
          return kept.slice();
        },
        save: async () => ({ ...(await inner.save?.()), ...(await own.save()) }),
        restore(state) {
          const isOwn = (name: string) => name === 'smoothedWeights' || name === 'smoothedSteps';
          const [mine, rest] = [true, false].map((wanted) =>
            Object.fromEntries(Object.entries(state).filter(([name]) => isOwn(name) === wanted)),
          ) as [MethodState, MethodState];
          own.restore(mine);
          if (inner.restore) inner.restore(rest);
          else requireOnly(method.id, rest, []);
        },
      };
    },
  };
}
