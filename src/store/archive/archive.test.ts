// Exported runs are imported unchanged; of a damaged file, the intact runs are read and the rest is reported.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { parseExperiment } from '../../engine/config/experiment.ts';
import { tableInput } from '../../engine/config/tableInput.ts';
import { KEPT_VERSION, type KeptNetworks } from '../../engine/protocol/keptNetworks.ts';
import type { RunEvent } from '../../engine/protocol/run.ts';
import { readRecording } from '../replay.ts';
import type { RunRecord } from '../runRecord.ts';
import { added, applyToRuns, NO_RUNS } from '../runs.ts';
import { memoryRuns } from '../testing/memoryRuns.ts';
import { LARGEST_ARCHIVE, readArchive, writeArchive } from './archive.ts';
import { readLine, writeLine } from './text.ts';

let recorded: RunRecord;
beforeAll(() => {
  let all = NO_RUNS;
  for (const event of readRecording(readFileSync('public/examples/first-run.json', 'utf8')))
    all = event.type === 'run-started' ? added(NO_RUNS, 1, event) : applyToRuns(all, event as RunEvent);
  const run = all.runs[0] as RunRecord;
  // The archive may be older than some settings.
  const { experiment } = parseExperiment(run.experiment, catalog);
  recorded = { ...run, experiment, isExample: false };
});

const networks = (file?: KeptNetworks['file']): KeptNetworks => ({
  version: KEPT_VERSION,
  seed: 0,
  epoch: 2,
  table: 'x',
  tensors: { 'model/parameter/0': new Float32Array([1, Number.NaN, -0]) },
  networks: [],
  ...(file ? { file } : {}),
});

const series = [
  { seed: 0, role: 'model' as const, points: { steps: [3], taskLosses: [[Number.NaN]], gradientNorms: [1] } },
];

/** Two runs that share a table. */
async function twoRuns() {
  const runs = memoryRuns();
  const file = tableInput('t.csv', new Blob(['a,b\n1,2']));
  for (const runId of ['one', 'two']) {
    await runs.put({ ...recorded, runId });
    await runs.putPart(runId, 'series', series);
    await runs.putNetworks(runId, networks(file));
  }
  await runs.change('one', { labels: { name: '=wide "é"', tags: ['a'], isStarred: true, note: 'n' } });
  return { runs, blob: await writeArchive(runs, ['one', 'two'], true) };
}

const read = (blob: Blob, into = memoryRuns()) =>
  readArchive(blob, catalog, into, ({ runId }) => into.entries.has(runId));

const linesOf = async (blob: Blob) => (await blob.text()).trimEnd().split('\n');
const blobOf = (lines: readonly string[]) => new Blob([lines.join('\n')]);

describe('an archive', () => {
  it('holds a table once, and gives the runs back as they were', async () => {
    const { runs, blob } = await twoRuns();
    expect(await linesOf(blob)).toHaveLength(4);
    const other = memoryRuns();
    expect(await read(blob, other)).toEqual({ imported: 2, already: 0, broken: [], sweeps: [] });
    expect(other.records).toEqual(runs.records);
    expect(other.entries).toEqual(runs.entries);
    expect(await other.getPart('one', 'series')).toEqual(series);
    const back = await other.getNetworks('two');
    expect(back?.tensors).toEqual(networks().tensors);
    expect(await back?.file?.blob.text()).toBe('a,b\n1,2');
    expect(await read(blob, other)).toEqual({ imported: 0, already: 2, broken: [], sweeps: [] });
  });

  it('without weights holds results alone', async () => {
    const { runs } = await twoRuns();
    const blob = await writeArchive(runs, ['two', 'gone'], false);
    const other = memoryRuns();
    expect(await read(blob, other)).toMatchObject({ imported: 1, broken: [] });
    expect(await other.getNetworks('two')).toBeNull();
  });

  it('that is damaged gives what is whole and says what is not', async () => {
    const { blob } = await twoRuns();
    const [head = '', file = '', one = '', two = ''] = await linesOf(blob);
    const other = memoryRuns();
    const report = await read(blobOf([head, file, one.slice(0, 500), two]), other);
    expect(report).toMatchObject({ imported: 1, broken: [expect.stringMatching(/^line 3: /)] });
    const noFile = await read(blobOf([head, file.slice(0, 40), one]), memoryRuns());
    expect(noFile).toMatchObject({
      imported: 1,
      broken: [expect.stringMatching(/^line 2/), expect.stringMatching(/line 3: its table is missing/)],
    });
  });

  it('of lines that are no runs is read until they are too many', async () => {
    const { blob } = await twoRuns();
    const [head = '', , , two = ''] = await linesOf(blob);
    const junk = Array<string>(1_000).fill('{}');
    const few = await read(blobOf([head, ...junk.slice(1), two]));
    expect(few.imported).toBe(1);
    const { imported, broken } = await read(blobOf([head, ...junk, two]));
    expect(imported).toBe(0);
    expect(broken).toHaveLength(1_001);
    expect(broken.at(-1)).toBe(
      'line 1002 and those behind it were not read, because 1000 before them are broken.',
    );
  });

  it('of more tables than runs could need is not kept in memory', async () => {
    const { blob } = await twoRuns();
    const [head = ''] = await linesOf(blob);
    const table = (id: number) =>
      writeLine({ file: { id: `${id}`, name: 't.csv', bytes: new Uint8Array(1) } }).trimEnd();
    const { broken } = await read(blobOf([head, ...Array.from({ length: 1_001 }, (_, id) => table(id))]));
    expect(broken).toEqual(['line 1002: tables: expected at most 1000, got more.']);
  });

  it('is read in pieces of any length', async () => {
    const { blob } = await twoRuns();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    for (const size of [7, 4_096]) {
      const pieces = new Blob([bytes]);
      pieces.stream = () =>
        new ReadableStream({
          start(controller) {
            for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
            controller.close();
          },
        });
      expect(await read(pieces)).toMatchObject({ imported: 2, broken: [] });
    }
  });

  it('holds typed arrays by their marks, and what only looks like one as it is', () => {
    const line = writeLine({ a: Float32Array.of(1.5, Number.NaN), b: -Infinity });
    expect(readLine(line)).toEqual({ a: Float32Array.of(1.5, Number.NaN), b: -Infinity });
    // Every object has an answer to `constructor`.
    const odd = { $constructor: 'AAAA', $f32: 5 };
    expect(readLine(JSON.stringify(odd))).toEqual(odd);
    expect(readLine('{"$constructor":"AAAA"}')).toEqual({ $constructor: 'AAAA' });
    expect(() => readLine('{"$f32":"AAAA"}')).toThrow('$f32: expected a multiple of 4 bytes, got 3');
  });

  it('of something else, or too large, is refused', async () => {
    await expect(read(new Blob(['a,b\n1,2']))).rejects.toThrow(/expected a file that this workbench/);
    await expect(read(new Blob(['{"format":"multitab-runs","version":2}']))).rejects.toThrow(/version/);
    const large = { size: LARGEST_ARCHIVE + 1 } as Blob;
    await expect(read(large)).rejects.toThrow(/at most 100\.0 MB, got 100\.0 MB/);
  });

  it('does not take a run whose parts are not what charts read', async () => {
    const { blob } = await twoRuns();
    const [head = '', , , two = ''] = await linesOf(blob);
    const whole = readLine(two) as { run: { record: Record<string, unknown> } };
    const refused = async (change: Record<string, unknown>) => {
      const run = { ...whole.run, record: { ...whole.run.record, ...change } };
      const { imported, broken } = await read(blobOf([head, writeLine({ run })]));
      expect(imported).toBe(0);
      return broken[0];
    };
    expect(await refused({ seedStates: [{}] })).toMatch(
      /^line 2: run.seedStates\[0\].seed: expected a whole number/,
    );
    for (const runId of ['../x', 'constructor', '__proto__'])
      expect(await refused({ runId })).toMatch(/runId: expected an id/);
    expect(await refused({ status: 'great' })).toMatch(/status: expected one of/);
    expect(await refused({ isExample: true })).toMatch(/isExample/);
    const experiment = { ...recorded.experiment, model: { id: 'no-model', params: {} } };
    expect(await refused({ experiment })).toMatch(/no-model/);
  });
});
