// Cost of a few steps of each network: time, launches, memory, on random data in the shape of the table.
import { measureCost } from '../analysis/cost.ts';
import type { Params } from '../config/params.ts';
import { list, object, type Reader, record, text } from '../core/reader.ts';
import type { MeasuredCost } from '../protocol/cost.ts';
import { defineProbe } from './probe.ts';

export interface MeasuredCosts {
  /** In the requested order, as far as measured. */
  costs: MeasuredCost[];
}

/** Settings of an architecture, which checks them itself. */
const params: Reader<Params> = (value, path) => record(value, path) as Params;

const request = object({ networks: list(object({ id: text, label: text, params })) });

export const measuredCost = defineProbe({
  id: 'measured-cost',
  mode: 'once',
  when: 'anytime',
  request,
  run: async (context, { networks }): Promise<MeasuredCosts> => {
    const { shape, trainingRows } = await context.table();
    const costs: MeasuredCost[] = [];
    for (const [done, network] of networks.entries()) {
      context.progress({ label: network.label, done, total: networks.length }, { costs: [...costs] });
      costs.push(
        await measureCost(network, shape, context.settings, trainingRows, () => context.yieldOrStop()),
      );
    }
    return { costs };
  },
});
