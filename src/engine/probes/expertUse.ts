// Which experts the gates of a network use, how evenly, and the anomalies found there.
import { anomalyDefinitions, captureExperts, type ExpertUse } from '../analysis/expertUse.ts';
import { object } from '../core/reader.ts';
import { defineProbe } from './probe.ts';

const NONE: ExpertUse = { rows: 0, layers: [], anomalies: [], definitions: anomalyDefinitions };

const request = object({});

export const expertUse = defineProbe({
  id: 'expert-use',
  mode: 'watch',
  when: 'training',
  request,
  /** Networks without experts answer with no layers. */
  run: async ({ model, dataset }) => (model ? captureExperts(model, dataset) : NONE),
});
