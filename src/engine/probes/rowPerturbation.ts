// One value of one row of a batch is changed: which predictions of the batch move?
import { changeNeighbour } from '../analysis/neighbours.ts';
import { finite, integer, object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const request = object({ row: integer, feature: integer, value: finite });

export const rowPerturbation = defineProbe({
  id: 'row-perturbation',
  mode: 'once',
  when: 'training',
  request,
  /** Networks of trees answer too, with null: their rows never meet. */
  run: async ({ model, dataset }, request) =>
    model ? changeNeighbour(model, dataset, request) : { report: null, issue: null },
});
