// A new file format is one file and one line here.
import { arff } from './arff.ts';
import { arrow } from './arrow.ts';
import { csv } from './csv.ts';
import type { FileFormat } from './format.ts';
import { hdf5 } from './hdf5.ts';
import { json } from './json.ts';
import { numpy } from './numpy.ts';
import { parquet } from './parquet.ts';
import { xlsx } from './xlsx.ts';

export const formats = { csv, xlsx, json, arff, numpy, parquet, arrow, hdf5 } satisfies Record<
  string,
  FileFormat
>;
