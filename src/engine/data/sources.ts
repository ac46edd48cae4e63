// All data sources: the generators and tables from files. The first entry is the default.
import { generators } from './generators/registry.ts';
import type { DataSource } from './source.ts';
import { tableSource } from './tableSource.ts';

export const dataSources = { ...generators, table: tableSource } satisfies Record<string, DataSource>;
