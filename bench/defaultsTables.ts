// The tables of `npm run bench:defaults`, small enough that all networks train on them within minutes.
import { readFileSync } from 'node:fs';
import type { Params } from '../src/engine/config/params.ts';
import { type TableInput, tableInput } from '../src/engine/config/tableInput.ts';

export interface DefaultsTable {
  label: string;
  /** `data` and `tasks` of an experiment; the data seed is the run's. */
  data: { id: string; params: Params };
  tasks: Params;
  training: { epochs: number; batchSize: number };
  file?(): TableInput;
}

const TRAINING = { epochs: 8, batchSize: 64 };

export const defaultsTables: Record<string, DefaultsTable> = {
  reference: {
    label: 'five tasks of degree 1 to 3, cosine 0.4, 16 features',
    data: { id: 'multitab-bench', params: { rows: 2500, features: 16 } },
    tasks: { count: 5, rho: 0.4, degrees: [1, 3, 2, 3, 2] },
    training: TRAINING,
  },
  'degree-2': {
    label: 'three tasks of degree 2, cosine 0.2, 12 features',
    data: { id: 'multitab-bench', params: { rows: 2500, features: 12 } },
    tasks: { count: 3, rho: 0.2, degrees: [2] },
    training: TRAINING,
  },
  'mixed-types': {
    label: 'regression, binary and multiclass, 4 of 12 features categorical',
    data: { id: 'multitab-bench', params: { rows: 2500, features: 12, categorical: 4 } },
    tasks: { count: 6, rho: 0.5, degrees: [1, 2, 1], kinds: ['regression', 'binary', 'multiclass'] },
    training: TRAINING,
  },
  penguins: {
    label: 'Palmer penguins: species, sex and body mass',
    data: { id: 'table', params: { file: 'penguins.csv' } },
    tasks: {
      targets: [
        { column: 'species', type: 'multiclass' },
        { column: 'sex', type: 'binary' },
        { column: 'body_mass_g', type: 'regression' },
      ],
    },
    training: { epochs: 30, batchSize: 32 },
    file: () => tableInput('penguins.csv', new Blob([readFileSync('public/data/penguins.csv')])),
  },
};
