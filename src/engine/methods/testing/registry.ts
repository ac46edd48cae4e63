// Toy methods of every kind, for tests: one file and one line each, as in the registry itself.
import type { GradientMethod } from '../method.ts';
import { averaged } from './averaged.ts';
import { given } from './given.ts';
import { normalised } from './normalised.ts';
import { observing } from './observing.ts';
import { projected } from './projected.ts';

export const toys = { given, averaged, observing, normalised, projected } satisfies Record<
  string,
  GradientMethod
>;
