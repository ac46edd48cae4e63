// The cost table of the experiment on the left: counted at once, then measured network by network in the worker while no run
// is active. A change of the experiment makes what was measured stale.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { CostRow } from '../engine/protocol/cost.ts';
import type { Context } from './context.ts';
import type { CostsSlice } from './state.ts';

/** What a measurement depends on besides the data: the network and its settings. */
export const costKey = ({ id, params }: Pick<CostRow, 'id' | 'params'>): string =>
  `${id} ${JSON.stringify(params)}`;

export function createCostsSlice({ set, get, client }: Context): CostsSlice {
  /** Grows when what is being measured is of no interest any more. */
  let turn = 0;

  const question = () => {
    const { experiment, file } = get();
    const isTable = experiment?.data.id === 'table';
    return { experiment, file: isTable && file ? file : undefined };
  };

  return {
    costs: null,
    costError: null,
    measured: {},
    measuring: null,
    async estimateCosts() {
      turn++;
      const mine = turn;
      set({ measured: {}, measuring: null });
      try {
        const { rows, batchSize } = await client.ask<'costs-estimated'>({
          type: 'estimate-costs',
          ...question(),
        });
        if (mine === turn) set({ costs: { rows, batchSize }, costError: null });
      } catch (error) {
        if (mine === turn) set({ costs: null, costError: error as ErrorReport });
      }
    },
    async measureCosts() {
      const { costs } = get();
      if (!costs) return;
      turn++;
      const mine = turn;
      set({ measured: {}, costError: null });
      const rows = costs.rows.filter((r) => r.issues.length === 0);
      for (const [done, { id, label, params }] of rows.entries()) {
        set({ measuring: { label, done, total: rows.length } });
        try {
          const network = { id, params };
          const { cost } = await client.ask<'cost-measured'>({
            type: 'measure-cost',
            ...question(),
            network,
          });
          if (mine !== turn) return;
          set((s) => ({ measured: { ...s.measured, [costKey({ id, params })]: cost } }));
        } catch (error) {
          if (mine === turn) set({ measuring: null, costError: error as ErrorReport });
          return;
        }
      }
      set({ measuring: null });
    },
    stopMeasuring() {
      turn++;
      set({ measuring: null });
    },
  };
}
