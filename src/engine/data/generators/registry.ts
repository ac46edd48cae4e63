// A new generator is one file and one line here.
import type { DataSource } from '../source.ts';
import { multitabBench } from './multitabBench.ts';

export const generators = { 'multitab-bench': multitabBench } satisfies Record<string, DataSource>;
