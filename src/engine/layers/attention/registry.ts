// A new kind of attention is one file and one line here. With two entries, the models with attention get a setting to choose.
import type { AttentionDef } from './attention.ts';
import { softmax } from './softmax.ts';

export const attentions = { softmax } satisfies Record<string, AttentionDef>;

export type AttentionId = keyof typeof attentions;
