// Maps the architecture and settings of a golden case to our models. A new architecture is one line; a case with an unknown
// architecture is skipped by name.
import { defaultsOf, type Params } from '../config/params.ts';
import { type ModelId, models } from '../models/registry.ts';

export interface GoldenConfig {
  architecture: string;
  variant: string;
  [key: string]: unknown;
}

interface Architecture {
  modelId: ModelId;
  params(config: GoldenConfig): Params;
}

const mtt = (c: GoldenConfig): Params => ({
  ...transformer(c),
  ...rows(c),
  attention: c.att_type as string,
  mask: c.mask_mode_if as string,
  customMask: '',
  taskTokens: c.multi_token ? 'per-task' : 'shared',
});

const INITIALISATION = 'scaled';

const stMlp = (c: GoldenConfig): Params => ({
  hidden: c.hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
  initialisation: INITIALISATION,
});

const mtMlp = (c: GoldenConfig): Params => ({
  shared: c.shared_hidden_dims as number[],
  tower: c.task_hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
  initialisation: INITIALISATION,
});

const mmoe = (c: GoldenConfig): Params => ({
  experts: c.num_experts as number,
  expert: c.expert_hidden_dims as number[],
  tower: c.tower_hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
  initialisation: INITIALISATION,
});

const progressive = (c: GoldenConfig): Params => ({
  layers: c.num_layers as number,
  sharedExperts: c.num_shared_experts as number,
  taskExperts: c.num_task_experts as number,
  expert: c.expert_hidden_dims as number[],
  tower: c.tower_hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
  initialisation: INITIALISATION,
});

const stem = (c: GoldenConfig): Params => ({
  ...progressive(c),
  sharedGradient: c.variant === 'stem_fixed' ? 'trained-by-tasks' : 'as-released',
});

const home = (c: GoldenConfig): Params => ({
  grouping: 'chosen',
  groups: c.task_groups as number[],
  sharedExperts: c.num_shared_experts as number,
  groupExperts: c.num_group_experts as number,
  taskExperts: c.num_task_experts as number,
  expert: c.expert_hidden_dims as number[],
  rank: c.gate_rank as number,
  tower: c.tower_hidden_dims as number[],
  embedding: c.embed_dim as number,
  dropout: c.dropout as number,
  initialisation: INITIALISATION,
});

const transformer = (c: GoldenConfig): Params => ({
  blocks: c.n_blocks as number,
  width: c.embed_dim as number,
  heads: c.n_heads as number,
  feedForward: c.ff_hid_dim as number,
  tower: c.tower_hid_dims ? (c.tower_hid_dims as number[]) : (c.tower_hidden_dims as number[]),
  attentionDropout: c.att_dropout as number,
  feedForwardDropout: c.ff_dropout as number,
  initialisation: INITIALISATION,
});

const rows = (c: GoldenConfig): Params => ({
  interSample: c.variant === 'reference' && c.rope === true ? 'as-released' : 'across-rows',
  rotary: c.rope === true,
});

/** An architecture; settings that a case does not give take their defaults. */
const architecture = (modelId: ModelId, given: (c: GoldenConfig) => Params): Architecture => ({
  modelId,
  params: (c) => ({ ...defaultsOf(models[modelId].params), ...given(c) }),
});

export const architectures: Record<string, Architecture> = {
  MTT: architecture('multitab-net', mtt),
  ST_MLP: architecture('st-mlp', stMlp),
  MT_MLP: architecture('mt-mlp', mtMlp),
  MMoE: architecture('mmoe', mmoe),
  PLE: architecture('ple', progressive),
  HoME: architecture('home', home),
  STEM: architecture('stem', stem),
  FTT: architecture('ft-transformer', transformer),
  TabTransformer: architecture('tab-transformer', transformer),
  SAINT: architecture('saint', (c) => ({ ...transformer(c), ...rows(c) })),
};
