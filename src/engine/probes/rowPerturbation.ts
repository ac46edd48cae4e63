// Changes one value of one row in a batch: which predictions of the batch change?
import { perturbRow } from '../analysis/rowPerturbation.ts';
import { finite, integer, object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const request = object({ row: integer, feature: integer, value: finite });

export const rowPerturbation = defineProbe({
  id: 'row-perturbation',
  mode: 'once',
  when: 'training',
  request,
  /** Networks of trees answer with null: their rows are independent. */
  run: async (context, request) =>
    context.model
      ? perturbRow(context.model, context.dataset, request, context)
      : { report: null, issue: null },
});
