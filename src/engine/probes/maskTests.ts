// Tests whether masks work as specified: assertions on the live network, possible paths, and measured influence.
import { testMasks } from '../analysis/maskTests.ts';
import { object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const request = object({});

export const maskTests = defineProbe({
  id: 'mask-tests',
  mode: 'watch',
  when: 'training',
  request,
  /** Networks whose tasks share no tokens answer with null. */
  run: async (context) => ({
    report: context.model ? await testMasks(context.model, context.dataset, context) : null,
  }),
});
