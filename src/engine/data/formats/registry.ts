// A new file format is one file and one line here.
import { csv } from './csv.ts';
import type { FileFormat } from './format.ts';

export const formats = { csv } satisfies Record<string, FileFormat>;
