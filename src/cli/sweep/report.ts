// `multitab report`: the runs of a folder as one HTML page.
import { catalog } from '../../engine/catalog.ts';
import { WorkbenchError } from '../../engine/core/errors.ts';
import { isWorkbenchAddress, sweepReport } from '../../engine/report/report.ts';
import { Destination } from '../destination.ts';
import { runsSoFar } from './command.ts';
import { readSweepFolder } from './shardFile.ts';

export interface ReportOptions {
  dir: string;
  out: string;
  link?: string;
}

export async function reportCommand({ dir, out, link }: ReportOptions): Promise<number> {
  if (link !== undefined && !isWorkbenchAddress(link))
    throw WorkbenchError.of('config', {
      path: '--link',
      expected: 'the address of a workbench, without a query',
      got: link,
      remedy: 'For example --link http://localhost:4173/.',
    });
  if (/\.jsonl$/.test(out))
    throw WorkbenchError.of('config', {
      path: '--out',
      expected: 'a page, such as report.html',
      got: `${out}, which is the name of a file of runs`,
      remedy: 'Give the page another name.',
    });
  const place = await Destination.probe('--out', out);
  const found = await readSweepFolder(dir, (text) => process.stderr.write(`${text}\n`));
  const { sweep } = found;
  const all = [...found.records.values()];
  const { cells } = runsSoFar(sweep, all);
  const known = new Set(cells.map((cell) => cell.id));
  const results = all.filter((record) => known.has(record.cell));
  const times = [...found.times.values()].filter((own) => found.records.has(own.run));
  const page = sweepReport({ sweep, cells, results, catalog, times, workbench: link ?? null });
  await place.write(page);
  process.stderr.write(`${results.length} runs in ${out}\n`);
  return 0;
}
