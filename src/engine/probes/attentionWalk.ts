// The arithmetic behind one query of one head, for one row of the table.
import { walkAttention } from '../analysis/attentionWalk.ts';
import { ATTENTION_KINDS, type AttentionKind } from '../core/attentionPlace.ts';
import { integer, matching, object, oneOf, optional } from '../core/reader.ts';
import { ATTENTION_BATCHES } from '../protocol/attention.ts';
import { defineProbe } from './probe.ts';

const isNetwork = (value: unknown): value is string | null => value === null || typeof value === 'string';

const MOST_ROWS = Math.max(...ATTENTION_BATCHES);
/** A map may be of fewer rows than were asked for: a split of 45 rows has no batch of 64. */
const isRowCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_ROWS;

const request = object({
  network: matching(isNetwork, 'the name of a task, or null'),
  block: integer,
  kind: oneOf<AttentionKind>(ATTENTION_KINDS),
  head: integer,
  row: integer,
  query: integer,
  batch: optional(matching(isRowCount, `a number of rows from 1 to ${MOST_ROWS}`)),
});

export const attentionWalk = defineProbe({
  id: 'attention-walk',
  /** Watched together with the map that it explains, so that both are of one step. */
  mode: 'watch',
  when: 'training',
  request,
  /** Null for networks without such a head. */
  run: async ({ model, dataset }, request) => ({
    walk: model ? await walkAttention(model, dataset, request) : null,
  }),
});
