// The trained network under another mask, on the validation rows.
import { whatIf as measure } from '../analysis/whatIf.ts';
import { object, text } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

/** The mask as text, see `masks/custom.ts`. */
const request = object({ text });

export const whatIf = defineProbe({
  id: 'what-if',
  mode: 'once',
  when: 'training',
  request,
  run: async (context, request) => {
    const { model, dataset, taskTypes, settings, baseline } = context;
    if (!model) return { report: null, issue: null };
    return measure({
      model,
      dataset,
      taskTypes,
      batchSize: settings.evaluationBatch,
      text: request.text,
      baseline,
      measuring: context,
    });
  },
});
