// Settings, checks and layers common to the transformers: MultiTab-Net over all tasks; FT-Transformer, SAINT and TabTransformer
// with a network per task.
import { defineParams, type SettingsOf } from '../config/defineParams.ts';
import type { ParamSpec } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { attentionStart, PAPER, PUBLIC_CODE, type Start, towerParam } from './commonParams.ts';

/** @param visibleWhen - the setting that turns row attention on, if it is a choice */
export const rowParams = (visibleWhen?: ParamSpec['visibleWhen']) =>
  defineParams([
    {
      kind: 'choice',
      key: 'interSample',
      label: 'Row mixing',
      help: 'Across rows: attention over the batch, as the paper describes. As released: with rotary positions the public code attends over sequences of length one, so rows never mix.',
      source: `${PAPER}; ${PUBLIC_CODE}`,
      options: [
        { value: 'across-rows', label: 'Across rows' },
        { value: 'as-released', label: 'As released' },
      ],
      default: 'across-rows',
      visibleWhen,
    },
    {
      kind: 'switch',
      key: 'rotary',
      label: 'Rotary',
      help: 'Rotary positions in attention between rows; the position is the index of the row in the batch. Without them, "As released" mixes rows too.',
      source: 'Su et al. 2021, arXiv 2104.09864',
      caption: 'row positions',
      default: true,
      visibleWhen,
    },
  ]);

/** Settings of attention between the rows of a batch. */
export type RowSettings = SettingsOf<ReturnType<typeof rowParams>>;

export const sizeParams = (start: Start) =>
  defineParams([
    {
      kind: 'number',
      key: 'blocks',
      label: 'Blocks',
      help: 'Number of blocks: attention and a feed-forward network. What a token has read in one block, others can read from it in the next.',
      integer: true,
      min: 1,
      max: 12,
      step: 1,
      default: 1,
    },
    {
      kind: 'number',
      key: 'width',
      label: 'Width',
      help: 'Length of a token: how many numbers stand for a feature or a task.',
      integer: true,
      min: 1,
      max: 256,
      step: 1,
      default: 16,
    },
    {
      kind: 'number',
      key: 'heads',
      label: 'Heads',
      help: 'Attentions side by side in a block, each with its own queries, keys and values. They share the width, which must be a multiple of their number.',
      integer: true,
      min: 1,
      max: 16,
      step: 1,
      default: 4,
    },
    {
      kind: 'number',
      key: 'feedForward',
      label: 'Feed-forward',
      help: 'Hidden size of the feed-forward network after each attention.',
      integer: true,
      min: 1,
      max: 2048,
      step: 1,
      default: 256,
      scale: 'log',
    },
    towerParam([64]),
    {
      kind: 'number',
      key: 'attentionDropout',
      label: 'Att. dropout',
      help: 'Share of attention weights dropped while training.',
      integer: false,
      min: 0,
      max: 0.9,
      step: 0.05,
      default: 0,
      advanced: true,
    },
    {
      kind: 'number',
      key: 'feedForwardDropout',
      label: 'FF dropout',
      help: 'Share of hidden units of the feed-forward network dropped while training.',
      integer: false,
      min: 0,
      max: 0.9,
      step: 0.05,
      default: 0,
      advanced: true,
    },
    ...attentionStart(start),
  ]);

export type TransformerSettings = SettingsOf<ReturnType<typeof sizeParams>>;

/**
 * Issues of the sizes of attention.
 * @param tokens - per row; null if rows do not attend to each other
 */
export function checkAttention(
  s: Pick<TransformerSettings, 'width' | 'heads'>,
  row: (RowSettings & { tokens: number }) | null,
  prefix: string,
): Issue[] {
  const issues: Issue[] = [];
  const rowWidth = (row?.tokens ?? 0) * s.width;
  if (s.width % s.heads !== 0) {
    const divisors = Array.from({ length: s.width }, (_, i) => i + 1).filter((h) => s.width % h === 0);
    issues.push({
      path: `${prefix}.heads`,
      expected: `a divisor of the width ${s.width} (${divisors.join(', ')})`,
      got: String(s.heads),
      remedy: 'Change the number of heads or the width.',
    });
  } else if (row?.rotary && (rowWidth / s.heads) % 2 !== 0) {
    issues.push({
      path: `${prefix}.rotary`,
      expected: `an even head size in attention between rows (${row.tokens} tokens x width ${s.width} / ${s.heads} heads)`,
      got: String(rowWidth / s.heads),
      remedy: 'Turn rotary positions off, or use an even width per head.',
    });
  } else if (row?.rotary && rowWidth / s.heads === 2) {
    issues.push({
      path: `${prefix}.rotary`,
      expected: 'a head size of at least 4 in attention between rows with rotary positions',
      got: '2',
      remedy: 'Use a larger width or fewer heads: one rotating pair cannot tell rows apart by frequency.',
    });
  }
  if (row && rowWidth > 8192) {
    issues.push({
      path: `${prefix}.width`,
      expected: `at most 8192 numbers per row in attention between rows`,
      got: `${row.tokens} tokens x width ${s.width} = ${rowWidth}`,
      remedy: 'Use a smaller width or fewer features, or a model without attention between rows.',
    });
  }
  return issues;
}
