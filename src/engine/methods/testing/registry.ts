// Toys of every kind, for tests: one file and one line each, as in the registry itself.
import type { GradientMethod } from '../method.ts';
import { averaged } from './averaged.ts';
import { fixed } from './fixed.ts';
import { normalised } from './normalised.ts';
import { projected } from './projected.ts';

export const toys = { fixed, averaged, normalised, projected } satisfies Record<string, GradientMethod>;
