// The measured steps: those of the public code's configuration `synthetic_v2`, whose batch is 2048.
import { mmoe } from '../src/engine/models/mmoe.ts';
import { multitab } from '../src/engine/models/multitab.ts';
import { jaxMmoe, jaxMultitab } from './jaxModels.ts';
import type { StepCase } from './stepCase.ts';
import { unbatchedMmoe } from './unbatchedMmoe.ts';

export interface BenchModel extends Omit<StepCase, 'batch'> {
  /** Measured with `--quick` too. */
  main: boolean;
}

const NO_MASK = { mask: 'none' };

export const SETTING =
  '7 tasks, 32 numeric features, towers [64], AdamW; attention: width 16, 4 heads, 1 block, feed-forward 256.';

export const MODELS: readonly BenchModel[] = [
  {
    name: 'feature attention',
    model: multitab,
    peers: { jax: jaxMultitab, torch: 'multitab' },
    params: { ...NO_MASK, attention: 'col' },
    main: true,
  },
  {
    name: 'feature and row attention',
    model: multitab,
    peers: { jax: jaxMultitab, torch: 'multitab' },
    params: { ...NO_MASK, attention: 'row_col', interSample: 'across-rows' },
    main: true,
  },
  {
    name: 'feature and row attention as released',
    model: multitab,
    peers: null,
    params: { ...NO_MASK, attention: 'row_col', interSample: 'as-released' },
    main: false,
  },
  {
    name: 'MMoE, 8 experts [256, 128]',
    model: mmoe,
    plain: unbatchedMmoe,
    peers: { jax: jaxMmoe, torch: 'mmoe' },
    params: { experts: 8, expert: [256, 128], tower: [64], embedding: 16 },
    main: true,
  },
];

/** @throws Error if there is no such model */
export function caseOf(name: string, batch: number): StepCase {
  const model = MODELS.find((m) => m.name === name);
  if (!model) throw new Error(`no model is named ${name}`);
  return { ...model, name: `${name}, batch ${batch}`, batch };
}
