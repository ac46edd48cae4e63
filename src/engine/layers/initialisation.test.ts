// What initial values are drawn from: bounds of uniform ones, standard deviations of normal ones.
import { describe, expect, it } from 'vitest';
import { rng } from '../core/rng.ts';
import { type InitialisationId, type InitialisationScheme, initialisations } from './initialisation.ts';
import type { Initialiser } from './parameterSet.ts';

/** [out, in] */
const SHAPE = [300, 100];
const WIDTH = 16;

type Spread = { zero: true } | { within: number } | { deviation: number };

/** The spread of a matrix of 30,000 values: mean 0, and as wide as it may be. */
function expectSpread(init: Initialiser, spread: Spread): void {
  const values = new Float32Array(30_000);
  init(values, SHAPE, rng(1, 'initialisation'));
  const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if ('zero' in spread) {
    expect(largest).toBe(0);
    return;
  }
  expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
  if ('within' in spread) {
    expect(largest).toBeLessThanOrEqual(Math.fround(spread.within));
    expect(largest).toBeGreaterThan(0.99 * spread.within);
    expect(deviation / spread.within).toBeCloseTo(1 / Math.sqrt(3), 2);
  } else {
    expect(deviation / spread.deviation).toBeCloseTo(1, 1);
    expect(largest / deviation).toBeGreaterThan(3.5);
  }
}

const glorot = { within: Math.sqrt(6 / 400) };
const zero: Spread = { zero: true };
const of = (parts: InitialisationScheme) => ({
  linear: parts.linear,
  'linear bias': parts.linearBias(100),
  projection: parts.inProjection,
  residual: parts.residual,
  'token weight': parts.embedding(WIDTH).weight,
  'token bias': parts.embedding(WIDTH).bias,
  table: parts.embedding(WIDTH).tableInit,
});

const expected: Record<InitialisationId, Record<keyof ReturnType<typeof of>, Spread>> = {
  'as-released': {
    linear: { deviation: 0.01 },
    'linear bias': zero,
    projection: glorot,
    residual: { deviation: 0.01 },
    'token weight': { deviation: 0.01 },
    'token bias': zero,
    table: { deviation: 0.01 },
  },
  scaled: {
    linear: glorot,
    'linear bias': zero,
    projection: glorot,
    residual: glorot,
    'token weight': { within: 0.1 },
    'token bias': { within: 0.1 },
    table: { within: 0.1 },
  },
  'torch-default': {
    linear: { within: 0.1 },
    'linear bias': { within: 0.1 },
    projection: glorot,
    residual: { within: 0.1 },
    'token weight': { within: 1 },
    'token bias': { within: 1 },
    table: { deviation: 1 },
  },
};

describe.each(Object.entries(expected))('%s', (id, spreads) => {
  it.each(Object.entries(spreads))('%s: %j', (part, spread) => {
    expectSpread(of(initialisations[id as InitialisationId])[part as keyof ReturnType<typeof of>], spread);
  });
});
