// Tries tunings on whole steps, because a gain in one kernel may cost time in another.
import type { StepTimer } from '../../src/engine/kernels/runtime/stepTimer.ts';
import type { WebgpuContext } from '../../src/engine/kernels/runtime/webgpu/context.ts';
import type { Tile } from '../../src/engine/kernels/runtime/webgpu/tile.ts';
import { type Tuning, tile } from '../../src/engine/kernels/runtime/webgpu/tuning.ts';
import { caseOf } from '../cases.ts';
import type { Ceilings } from './ceilings.ts';
import { kernelShares } from './kernelShares.ts';

export interface TriedTuning {
  case: string;
  tuning: string;
  /** Milliseconds of a step on the GPU. */
  ms: number;
}

const FEATURES = 'feature attention';
const ROWS = 'feature and row attention';
const EXPERTS = 'MMoE, 8 experts [256, 128]';

type Change = (tuning: Tuning) => Tuning;

const groups =
  (enoughGroups: number): Change =>
  (t) => ({ ...t, enoughGroups });
const attention =
  (change: Partial<Tuning['attention']>): Change =>
  (t) => ({ ...t, attention: { ...t.attention, ...change } });

const tiles =
  (change: Partial<Tuning['product']>): Change =>
  (t) => ({ ...t, product: { ...t.product, ...change } });
const [large, medium, small] = [tile(128, 128, 16, 8), tile(64, 64, 16, 4), tile(32, 32, 16, 4)];
/** 160 columns, enough for a head of 156, are two tiles. */
const heads = { ...tile(64, 80, 16, 4), perLane: { rows: 8, columns: 4 } };
const listed = (...list: [tile: Tile, from: number][]): Change =>
  tiles({ tiles: list.map(([own, from]) => ({ tile: own, from })) });

const PRODUCTS = attention({ productsFrom: 1 });
const TILES = attention({ productsFrom: Number.POSITIVE_INFINITY });

const TRIED: readonly [model: string, batch: number, changes: Record<string, Change>][] = [
  [FEATURES, 2048, { '256 groups': groups(256), '512 groups': groups(512), '1024 groups': groups(1024) }],
  [EXPERTS, 2048, { '256 groups': groups(256), '512 groups': groups(512), '1024 groups': groups(1024) }],
  [ROWS, 128, { tiles: TILES, products: PRODUCTS }],
  [ROWS, 256, { tiles: TILES, products: PRODUCTS }],
  [ROWS, 512, { tiles: TILES, products: PRODUCTS }],
  [
    ROWS,
    2048,
    {
      tiles: TILES,
      '64 MB of scores': attention({ scoreBytes: 64 << 20 }),
      '128 MB of scores': attention({ scoreBytes: 128 << 20 }),
      '64x80 for heads': listed([large, 200], [heads, 64], [medium, 64], [small, 0]),
      '128x128 of depth 8': listed([tile(128, 128, 8, 8), 200], [medium, 64], [small, 0]),
      '128x128 from 64': listed([large, 64], [medium, 64], [small, 0]),
      'no 128x128': listed([medium, 64], [small, 0]),
      '64x64 of depth 32': listed([large, 200], [tile(64, 64, 32, 4), 64], [small, 0]),
    },
  ],
];

export async function tryTunings(
  c: WebgpuContext,
  timer: StepTimer,
  ceilings: Ceilings,
): Promise<TriedTuning[]> {
  const held = c.tuning;
  const tried: TriedTuning[] = [];
  for (const [model, batch, changes] of TRIED)
    for (const [tuning, change] of Object.entries(changes)) {
      c.tuning = change(held);
      const stepCase = caseOf(model, batch);
      const shares = await kernelShares(stepCase, timer, ceilings);
      tried.push({ case: stepCase.name, tuning, ms: shares.reduce((sum, s) => sum + s.ms, 0) });
    }
  c.tuning = held;
  return tried;
}

export const tuningLines = (tried: readonly TriedTuning[]) =>
  tried.map((t) => `  ${t.case.padEnd(44)}${t.tuning.padEnd(20)}${t.ms.toFixed(3)} ms`).join('\n');
