// Do the masks do what they say? Assertions on the live network, what can reach what, and what does.
import { proveMasks } from '../analysis/proof.ts';
import { object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const request = object({});

export const maskTests = defineProbe({
  id: 'mask-tests',
  mode: 'watch',
  when: 'training',
  request,
  /** Networks whose tasks share no tokens answer too, with null. */
  run: async (context) => ({
    report: context.model ? await proveMasks(context.model, context.dataset, context) : null,
  }),
});
