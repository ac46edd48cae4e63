// One line per optimizer: it appears in the form and the command line, and every backend updates by its description.
import type { Optimizer } from '../kernels/runtime/updater.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { sgd } from './sgd.ts';

export const optimizers = { adamw, adam, sgd } satisfies Record<string, Optimizer>;

export type OptimizerId = keyof typeof optimizers;
