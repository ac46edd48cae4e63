// Cost of every architecture on the experiment's table, counted without taking a step.
import { costRows } from '../analysis/cost.ts';
import { object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const request = object({});

export const cost = defineProbe({
  id: 'cost',
  mode: 'once',
  when: 'anytime',
  countsOnly: true,
  request,
  run: async ({ experiment, settings, table }) => {
    const { shape, trainingRows } = await table();
    return { rows: costRows(experiment, shape, trainingRows), batchSize: settings.batchSize };
  },
});
