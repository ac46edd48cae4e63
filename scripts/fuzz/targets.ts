// What is fuzzed: every reader of outside data, with valid samples to start from.
import { readFileSync } from 'node:fs';
import { gzipSync, unzipSync, zipSync } from 'fflate';
import { readCase } from '../../src/cli/case.ts';
import { catalog } from '../../src/engine/catalog.ts';
import { decodeExperiment, encodeExperiment } from '../../src/engine/config/codec.ts';
import { configError, parseExperiment, requireExperiment } from '../../src/engine/config/experiment.ts';
import { packMask, unpackMask } from '../../src/engine/config/packedMask.ts';
import { presets } from '../../src/engine/config/presets.ts';
import { tableInput } from '../../src/engine/config/tableInput.ts';
import { WorkbenchError } from '../../src/engine/core/errors.ts';
import { readHdf5In } from '../../src/engine/data/formats/hdf5File.ts';
import { type Cell, workbook } from '../../src/engine/data/formats/testing/workbook.ts';
import { inspectFile } from '../../src/engine/data/inspect.ts';
import { previewTable } from '../../src/engine/data/tableSource.ts';
import type { RunEvent } from '../../src/engine/protocol/run.ts';
import { headerOf, toLine } from '../../src/engine/sweeps/lines.ts';
import { requireSweep } from '../../src/engine/sweeps/parse.ts';
import { sweepPresets } from '../../src/engine/sweeps/presets.ts';
import { readWeights } from '../../src/engine/weights/readWeights.ts';
import { startNodeThread } from '../../src/platform/hdf5/node.ts';
import { writeArchive } from '../../src/store/archive/archive.ts';
import { importFiles } from '../../src/store/archive/importing.ts';
import { readRecording } from '../../src/store/replay.ts';
import type { RunRecord } from '../../src/store/runRecord.ts';
import { added, applyToRuns, NO_RUNS } from '../../src/store/runs.ts';
import { memoryRuns } from '../../src/store/testing/memoryRuns.ts';
import { DEFAULT_TAB, DEFAULT_VIEW, decodeView, encodeView } from '../../src/store/view.ts';
import { readFile as readMaskFile } from '../../src/views/panels/mask/files.ts';
import { checkpoint } from './checkpointTarget.ts';
import type { Sample, Target } from './target.ts';

// One second per question, which is less than the time that counts as a fault.
readHdf5In(startNodeThread, 4);

const encode = (text: string) => new TextEncoder().encode(text);
const textOf = ({ bytes }: Sample) => new TextDecoder().decode(bytes);
const json = (name: string, value: unknown): Sample => ({
  name,
  bytes: encode(JSON.stringify(value)),
  isJson: true,
});
const file = (path: string, name = path.replace(/^.*\//, '')): Sample => ({
  name,
  bytes: new Uint8Array(readFileSync(path)),
});

/** Content that is not JSON is reported by the code that opens the file. */
function parsed(sample: Sample): unknown {
  try {
    return JSON.parse(textOf(sample));
  } catch (error) {
    const got = (error as Error).message;
    throw WorkbenchError.of('file', { path: sample.name, expected: 'JSON', got, remedy: 'Correct it.' });
  }
}

const readTable = async ({ name, bytes }: Sample) => {
  const input = tableInput(name, new Blob([bytes.slice()]));
  await inspectFile(input);
  await previewTable(input);
};

const FORMATS = 'src/engine/data/formats/testing/files';
const PYTORCH = 'src/engine/weights/data';
const csv = (name: string, text: string): Sample => ({ name, bytes: encode(text) });
const TABLE =
  'id,age,"sex, at birth",income,when\n1,34,f,"1,200.50",2021-03-04\n2,,m,900,2021-03-05\n3,51,f,-,2021-04-01\n';

const SHEET: Cell[][] = [
  ['id', 'age', 'shared', 'when'],
  [1, 34.5, { t: 's', v: 0 }, { s: 1, v: 45352.5 }],
  [2, null, { t: 'e', v: '#N/A' }, { s: 1, v: 0.25 }],
  [3, { v: 51, xml: '<f>A1+1</f>' }, true, { s: 1, v: 45353 }],
];
const BOOK = { strings: ['<t>a</t>'], formats: ['yyyy-mm-dd h:mm'] };
const PARTS = ['xl/worksheets/sheet1.xml', 'xl/workbook.xml', 'xl/styles.xml', 'xl/sharedStrings.xml'].concat(
  ['_rels/.rels', 'xl/_rels/workbook.xml.rels'],
);

/** The recorded example as a run in storage, with parts and a table. */
async function archive(): Promise<Sample> {
  let all = NO_RUNS;
  for (const event of readRecording(readFileSync('public/examples/first-run.json', 'utf8')))
    all = event.type === 'run-started' ? added(NO_RUNS, 1, event) : applyToRuns(all, event as RunEvent);
  const [run] = all.runs as RunRecord[];
  if (!run) throw new Error('fuzz: the recorded example has no run.');
  const { experiment } = parseExperiment(run.experiment, catalog);
  const runs = memoryRuns();
  await runs.put({ ...run, experiment, isExample: false });
  await runs.putPart(run.runId, 'series', [
    { seed: 0, role: 'model', points: { steps: [3], taskLosses: [[0.5]], gradientNorms: [1] } },
  ]);
  const blob = await writeArchive(runs, [run.runId], true);
  return { name: 'runs.multitab.jsonl', bytes: new Uint8Array(await blob.arrayBuffer()) };
}

export const targets: Record<string, Target> = {
  link: {
    samples: () =>
      presets.map(({ id, experiment }) =>
        csv(
          id,
          encodeExperiment(
            requireExperiment(experiment, catalog),
            catalog,
            encodeView({ tab: DEFAULT_TAB, view: DEFAULT_VIEW }),
          ),
        ),
      ),
    read(sample) {
      const { experiment, issues, view } = decodeExperiment(textOf(sample), catalog);
      decodeView(view);
      encodeExperiment(experiment, catalog);
      if (issues.length > 0) throw configError(issues);
    },
  },
  experiment: {
    samples: () =>
      presets.map(({ id, experiment }) => json(`${id}.json`, requireExperiment(experiment, catalog))),
    read(sample) {
      encodeExperiment(requireExperiment(parsed(sample), catalog), catalog);
    },
  },
  sweep: {
    samples: () => sweepPresets.map(({ id, sweep }) => json(`${id}.json`, sweep)),
    read: (sample) => requireSweep(parsed(sample), catalog),
  },
  mask: {
    samples: () => [
      csv('link', packMask('.xx/x.x/xx.')),
      csv('mask.txt', '.xx\n...\nx..\n@1:\n.x.\n...\nx..\n@0.1:\n.x.\n...\nx..\n'),
      json('mask.json', {
        rows: 'queries',
        columns: 'keys',
        x: 'blocked',
        tokens: ['a', 'b', 'c'],
        grid: ['.x.', '...', 'x..'],
        places: [{ block: 1, head: 0, grid: ['.x.', '...', 'x..'] }],
      }),
    ],
    read(sample) {
      const text = textOf(sample);
      unpackMask(text);
      readMaskFile(text, { tokens: 3, blocks: 2, heads: 2 }, ['a', 'b', 'c']);
    },
  },
  case: {
    samples: () => [
      json('case.json', {
        experiment: requireExperiment(presets[0]?.experiment ?? {}, catalog),
        assertions: [{ id: 'a', passed: true }],
        taken: { role: 'model', seed: 0, step: 3, epoch: 1 },
      }),
    ],
    read(sample) {
      const found = readCase(parsed(sample));
      if (found) requireExperiment(found.experiment, catalog);
    },
  },
  csv: {
    samples: () => [
      csv('t.csv', TABLE),
      csv('t.tsv', TABLE.replaceAll(',', '\t')),
      csv('latin.csv', 'sep=;\nä;b\n1,5;x\n2,5;y\n'),
      { name: 't.csv.gz', bytes: gzipSync(encode(TABLE)) },
      { name: 't.zip', bytes: zipSync({ 't.csv': encode(TABLE) }) },
    ],
    read: readTable,
  },
  xlsx: {
    samples: () => [
      file(`${FORMATS}/libreoffice.xlsx`),
      { name: 't.xlsx', bytes: workbook({ Data: SHEET, Old: { rows: SHEET, state: 'hidden' } }, BOOK) },
      { name: 'stored.xlsx', bytes: zipSync(unzipSync(workbook({ Data: SHEET }, BOOK)), { level: 0 }) },
    ],
    read: readTable,
  },
  // What checksums would keep from the reader.
  'xlsx-parts': {
    samples: () => {
      const files = unzipSync(workbook({ Data: SHEET }, BOOK));
      return PARTS.map((part) => ({ name: part, bytes: files[part] as Uint8Array }));
    },
    read: ({ name, bytes }) => {
      const files = unzipSync(workbook({ Data: SHEET }, BOOK));
      return readTable({ name: 't.xlsx', bytes: zipSync({ ...files, [name]: bytes }, { level: 0 }) });
    },
  },
  'json-table': {
    samples: () => [
      { ...file(`${FORMATS}/t_split.json`), isJson: true },
      json('records.json', [
        { a: 1, b: 'x' },
        { a: null, b: 'y' },
      ]),
      csv('lines.jsonl', '{"a":1,"b":"x"}\n{"a":2,"b":null}\n'),
    ],
    read: readTable,
  },
  arff: {
    samples: () => [
      csv(
        't.arff',
        "% c\n@relation r\n@attribute a numeric\n@attribute 'b c' {x,'y z'}\n@data\n1,x\n?,'y z'\n{0 5}\n",
      ),
    ],
    read: readTable,
  },
  numpy: {
    samples: () =>
      ['t.npz', 'r.npy', 'd3.npy', 'be.npy', 'obj.npy', 'f16.npy'].map((name) => file(`${FORMATS}/${name}`)),
    read: readTable,
  },
  parquet: {
    samples: () => ['t_zstd.parquet', 't_groups.parquet'].map((name) => file(`${FORMATS}/${name}`)),
    read: readTable,
  },
  arrow: {
    samples: () => ['t_lz4.feather', 't_zstd.feather', 't.arrows'].map((name) => file(`${FORMATS}/${name}`)),
    read: readTable,
  },
  hdf5: {
    samples: () => ['ref_nocat.hdf5', 'other.h5'].map((name) => file(`${FORMATS}/${name}`)),
    read: readTable,
  },
  safetensors: {
    samples: () => [file(`${PYTORCH}/plain.safetensors`)],
    read: ({ name, bytes }) => readWeights(bytes, name),
  },
  pytorch: {
    samples: () =>
      [
        'state_dict.pt',
        'checkpoint.pth',
        'legacy.pt',
        'lightning.ckpt',
        'kinds.pt',
        'sparse.pt',
        'protocol5.pt',
      ].map((name) => file(`${PYTORCH}/${name}`)),
    read: ({ name, bytes }) => readWeights(bytes, name),
  },
  checkpoint,
  runs: {
    samples: async () => {
      const [preset] = sweepPresets;
      const header = headerOf(requireSweep(preset?.sweep, catalog), catalog);
      return [await archive(), csv('runs.jsonl', `${toLine(header)}\n`)];
    },
    async read({ name, bytes }) {
      const into = { catalog, runs: memoryRuns(), isHere: () => false, highest: 0 };
      try {
        await importFiles([new File([bytes.slice()], name)], into);
      } catch (error) {
        // A file that is no archive is refused with a message that the page shows.
        if (!(error instanceof Error) || !error.message.startsWith('archive: expected')) throw error;
      }
    },
  },
};
