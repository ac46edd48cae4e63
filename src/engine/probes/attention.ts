// Attention weights of every head, for chosen rows or their mean.
import { captureAttention } from '../analysis/attentionCapture.ts';
import { integer, list, object, oneOf, optional, variants } from '../core/reader.ts';
import { ATTENTION_BATCHES } from '../protocol/attention.ts';
import { defineProbe } from './probe.ts';

const rows = variants({ mean: {}, rows: { rows: list(integer) } });

const request = object({
  rows,
  batch: optional(oneOf<number>(ATTENTION_BATCHES)),
  against: optional(variants({ 'no-mask': {}, rows: { rows } })),
});

export const attention = defineProbe({
  id: 'attention',
  mode: 'watch',
  when: 'training',
  request,
  /** Networks without attention answer with no maps. */
  run: (context, request) => captureAttention(context.model, context.dataset, request, context),
});
