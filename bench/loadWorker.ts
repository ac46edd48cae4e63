// Loads a file as the product does, or lets Papa Parse read it in pieces without keeping anything.
import Papa from 'papaparse';
import { tableInput } from '../src/engine/config/tableInput.ts';
import type { ParsedTable } from '../src/engine/data/columns.ts';
import { parseTable } from '../src/engine/data/tableFile.ts';
import type { Loaded } from './loadPage.ts';

/** Held until the worker ends, as the product does. */
let held: ParsedTable | null = null;

async function ours(file: File): Promise<Omit<Loaded, 'ms'>> {
  held = await parseTable(tableInput(file.name, file));
  const bytes = held.columns.reduce(
    (sum, { numbers, codes }) => sum + numbers.byteLength + codes.byteLength,
    0,
  );
  return { rows: held.rows, typed: bytes };
}

const papaparse = (file: File): Promise<Omit<Loaded, 'ms'>> =>
  new Promise((resolve, reject) => {
    let rows = 0;
    Papa.parse<string[]>(file, {
      header: false,
      skipEmptyLines: true,
      chunk: ({ data }) => {
        rows += data.length;
      },
      complete: () => resolve({ rows: rows - 1, typed: 0 }),
      error: reject,
    });
  });

self.onmessage = async ({ data: { file, who } }: MessageEvent<{ file: File; who: 'ours' | 'papaparse' }>) => {
  try {
    const started = performance.now();
    const loaded = await (who === 'ours' ? ours(file) : papaparse(file));
    self.postMessage({ ...loaded, ms: performance.now() - started });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
