// How a golden case names its architecture and settings, in the terms of our models. A new architecture is one line;
// a case whose architecture is not here is skipped by name.
import type { Params } from '../config/params.ts';

export interface GoldenConfig {
  architecture: string;
  variant: string;
  [key: string]: unknown;
}

interface Architecture {
  modelId: string;
  params(config: GoldenConfig): Params;
}

const mtt = (c: GoldenConfig): Params => ({
  attention: c.att_type as string,
  interSample: c.variant === 'reference' && c.rope === true ? 'as-released' : 'across-rows',
  rotary: c.rope === true,
  mask: c.mask_mode_if as string,
  taskTokens: c.multi_token ? 'per-task' : 'shared',
  blocks: c.n_blocks as number,
  width: c.embed_dim as number,
  heads: c.n_heads as number,
  feedForward: c.ff_hid_dim as number,
  tower: c.tower_hid_dims as number[],
  attentionDropout: c.att_dropout as number,
  feedForwardDropout: c.ff_dropout as number,
  initialisation: 'scaled',
});

const stMlp = (c: GoldenConfig): Params => ({
  hidden: c.hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
});

export const architectures: Record<string, Architecture> = {
  MTT: { modelId: 'multitab-net', params: mtt },
  ST_MLP: { modelId: 'st-mlp', params: stMlp },
};
