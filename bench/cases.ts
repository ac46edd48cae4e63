// The steps that are measured.
import { mmoe } from '../src/engine/models/mmoe.ts';
import { multitab } from '../src/engine/models/multitab.ts';
import { jaxMmoe, jaxMultitab } from './jaxModels.ts';
import type { StepCase } from './trainStep.ts';
import { unbatchedMmoe } from './unbatchedMmoe.ts';

export interface BenchCase extends StepCase {
  quick: boolean;
}

/** Of most cases. */
const LARGE_BATCH = 256;
/** A software adapter computes about 1 GFLOP/s. */
const SMALL_BATCH = 32;
const NO_MASK = { mask: 'none' };
const MMOE = { experts: 8, expert: [256, 128], tower: [64], embedding: 16 };

export const SETTING =
  '7 tasks, 32 numeric features, towers [64], AdamW; attention: width 16, 4 heads, 1 block, feed-forward 256.';

export const CASES: readonly BenchCase[] = [
  {
    name: 'feature attention, batch 256',
    model: multitab,
    jax: jaxMultitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'col' },
    quick: true,
  },
  {
    name: 'feature and row attention, batch 256',
    model: multitab,
    jax: jaxMultitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'row_col', interSample: 'across-rows' },
    quick: true,
  },
  {
    name: 'feature and row attention as released, batch 256',
    model: multitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'row_col', interSample: 'as-released' },
    quick: false,
  },
  {
    name: 'feature attention, batch 2048',
    model: multitab,
    jax: jaxMultitab,
    batch: 2048,
    params: { ...NO_MASK, attention: 'col' },
    quick: false,
  },
  {
    name: 'MMoE, 8 experts [256, 128], batch 256',
    model: mmoe,
    plain: unbatchedMmoe,
    jax: jaxMmoe,
    batch: LARGE_BATCH,
    params: MMOE,
    quick: true,
  },
];

/** What a software adapter can do in the time of a bench. */
export const smallCases = (cases: readonly BenchCase[]): BenchCase[] =>
  cases
    .filter((c) => c.batch === LARGE_BATCH)
    .map((c) => ({
      ...c,
      name: c.name.replace(`batch ${LARGE_BATCH}`, `batch ${SMALL_BATCH}`),
      batch: SMALL_BATCH,
    }));
