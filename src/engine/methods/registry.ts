// A new gradient method is one file and one line here.
import { equal } from './equal.ts';
import type { GradientMethod } from './method.ts';

export const methods = { equal } satisfies Record<string, GradientMethod>;
