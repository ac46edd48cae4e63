// A new model, mask, kind of attention, generator, file format, gradient method, optimizer, probe or chart card takes one file and
// one registry line. A toy of each is added in this way to a copy of the sources; their types must hold, and they must then work on
// the page, in links and on the command line.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { saved } from './saving.ts';
import { ToyCopy } from './toyCopy.ts';

const SMALL = 'training.epochs=2&training.batchSize=32&baseline.hidden=8&baseline.embedding=2';
const TOY_DATA = 'data=toy-circle&data.points=300';
const TOY_LAYERS = 'model.mask=toy-mask&model.attentionVariant=toy';
const TOY_TRAINING = 'training.optimizer=toy&training.weighting=given&training.givenWeights=2,0.5';

interface Kind {
  /** In e2e/toy, or below src where a test of the engine already has the toy. */
  toy: string;
  file: string;
  registry: string;
  name: string;
  /** The text that the line is added at, and the line. */
  line: [at: string, line: string];
}

const KINDS: readonly Kind[] = [
  {
    toy: 'toyModel.ts.txt',
    file: 'src/engine/models/toy.ts',
    registry: 'src/engine/models/registry.ts',
    name: 'toy',
    line: ['\n} satisfies', '\n  toy,\n} satisfies'],
  },
  {
    toy: 'toyMask.ts.txt',
    file: 'src/engine/masks/toyMask.ts',
    registry: 'src/engine/masks/registry.ts',
    name: 'toyMask',
    line: [' } satisfies', ", 'toy-mask': toyMask } satisfies"],
  },
  {
    toy: 'src/engine/layers/attention/testing/toyAttention.ts',
    file: 'src/engine/layers/attention/toyAttention.ts',
    registry: 'src/engine/layers/attention/registry.ts',
    name: 'toyAttention',
    line: [' } satisfies', ', toy: toyAttention } satisfies'],
  },
  {
    toy: 'toyGenerator.ts.txt',
    file: 'src/engine/data/generators/toyGenerator.ts',
    registry: 'src/engine/data/generators/registry.ts',
    name: 'toyGenerator',
    line: [' } satisfies', ", 'toy-circle': toyGenerator } satisfies"],
  },
  {
    toy: 'src/engine/data/formats/testing/toyFormat.ts',
    file: 'src/engine/data/formats/toyFormat.ts',
    registry: 'src/engine/data/formats/registry.ts',
    name: 'toyFormat',
    line: [' } satisfies', ', toy: toyFormat } satisfies'],
  },
  {
    toy: 'src/engine/methods/testing/given.ts',
    file: 'src/engine/methods/given.ts',
    registry: 'src/engine/methods/registry.ts',
    name: 'given',
    line: ['\n} satisfies', '\n  given,\n} satisfies'],
  },
  {
    toy: 'src/engine/optimizers/testing/toyOptimizer.ts',
    file: 'src/engine/optimizers/toyOptimizer.ts',
    registry: 'src/engine/optimizers/registry.ts',
    name: 'toyOptimizer',
    line: [' } satisfies', ', toy: toyOptimizer } satisfies'],
  },
];

const PROBES = 'src/engine/probes/registry.ts';
const CARDS = 'src/views/cards/registry.ts';
/** Tabs whose cards share what is chosen on screen have registries of their own; each gets the toy behind one of its cards. */
const TABS = {
  'src/views/panels/attention/cards.ts': '  heads: HeadsCard,',
  'src/views/panels/experts/cards.ts': '  anomalies: AnomaliesCard,',
  'src/views/panels/maskTests/cards.ts': '    reach: ReachCards,',
};

let copy: ToyCopy;
let url: string;

test.beforeAll(async () => {
  copy = new ToyCopy();
  for (const { toy, file, registry, name, line } of KINDS) {
    copy.add(toy, file);
    const from = file.split('/').at(-1);
    copy.edit(registry, ['import ', `import { ${name} } from './${from}';\nimport `], line);
  }
  copy.add('toyProbe.ts.txt', 'src/engine/probes/outputSize.ts');
  copy.edit(
    PROBES,
    ['import type { ProbeDef }', "import { outputSize } from './outputSize.ts';\nimport type { ProbeDef }"],
    ['} satisfies', "  'output-size': outputSize,\n} satisfies"],
  );
  copy.add('ToyCard.tsx.txt', 'src/views/cards/OutputSizeCard.tsx');
  copy.edit(
    CARDS,
    [
      'import type { ChartCard }',
      "import { outputSizeCard } from './OutputSizeCard.tsx';\nimport type { ChartCard }",
    ],
    ['} satisfies', "  'output-size': outputSizeCard,\n} satisfies"],
  );
  copy.add('ToyNote.tsx.txt', 'src/views/cards/ToyNote.tsx');
  for (const [registry, card] of Object.entries(TABS)) {
    copy.edit(
      registry,
      [
        "import type { ComponentType } from 'react';",
        "import type { ComponentType } from 'react';\nimport { ToyNote } from '../../cards/ToyNote.tsx';",
      ],
      [card, `${card}\n    note: ToyNote,`],
    );
  }
  copy.checkTypes();
  url = await copy.serve();
});

test.afterAll(() => copy?.remove());

test('each is two files, and a card of several tabs a line in each', () => {
  const kinds = KINDS.flatMap(({ file, registry }) => [file, registry]);
  const probeAndCards = [
    'src/engine/probes/outputSize.ts',
    PROBES,
    'src/views/cards/OutputSizeCard.tsx',
    'src/views/cards/ToyNote.tsx',
    CARDS,
    ...Object.keys(TABS),
  ];
  expect(copy.touched()).toEqual([...kinds, ...probeAndCards].sort());
});

test('a new model is on the page, in the link and in the cost table', async ({ page }) => {
  await page.goto(
    `${url}?v=1&model=toy&model.layers=5,2&data.rows=400&data.features=4&tasks.count=2&${SMALL}`,
  );
  await expect(page.getByLabel('Architecture', { exact: true })).toHaveValue('toy');
  await expect(page.getByRole('textbox', { name: 'Toy layers' })).toHaveValue('5, 2');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText('Run 1 · Toy model');
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await page.getByRole('tab', { name: 'Models' }).click();
  await expect(page.getByRole('row', { name: /Toy model/ })).toContainText('model');
  await expect(page.getByText('It is a toy.')).toBeVisible();
});

test('a new mask, kind of attention, generator, optimizer and gradient method are in the form and train', async ({
  page,
}) => {
  await page.goto(`${url}?v=1&${TOY_DATA}&${TOY_LAYERS}&${TOY_TRAINING}&${SMALL}`);
  await expect(page.getByLabel('Source', { exact: true })).toHaveValue('toy-circle');
  await expect(page.getByRole('textbox', { name: 'Toy points' })).toHaveValue('300');
  await expect(page.getByLabel('Mask', { exact: true }).locator('option:checked')).toHaveText('Toy mask');
  await expect(page.getByLabel('Att. weights', { exact: true })).toHaveValue('toy');
  await expect(page.getByLabel('Optimizer', { exact: true }).locator('option:checked')).toHaveText('Toy');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await expect(page.getByText('Regression, toy').first()).toBeVisible();
});

/** A table in the toy format. */
const TOY_TABLE = JSON.stringify({
  x: Array.from({ length: 80 }, (_, i) => Math.sin(i)),
  kind: Array.from({ length: 80 }, (_, i) => ['NA', '007'][i % 2]),
  y: Array.from({ length: 80 }, (_, i) => Math.cos(i)),
});

test('a new file format is in the dialog, and its tables are read', async ({ page }) => {
  await page.goto(`${url}?v=1&data=table&${SMALL}`);
  await expect(page.getByLabel('Source', { exact: true }).locator('option:checked')).toHaveText(
    /^Table \(CSV, .*Toy\)$/,
  );
  await page.locator('input[aria-label="Choose a table"][accept*=".toy"]').setInputFiles({
    name: 'small.toy',
    mimeType: 'application/json',
    buffer: Buffer.from(TOY_TABLE),
  });
  await expect(page.getByText('small.toy: 80 rows, 3 columns')).toBeVisible();
});

test('a new file format is on the command line', () => {
  // The list takes several lines of the help.
  expect(copy.cli('help').replace(/\s+/g, ' ')).toMatch(/read from CSV \(\.csv,[^-]*; Toy \(\.toy\)/);
  writeFileSync(path.join(copy.folder, 'small.toy'), TOY_TABLE);
  const set = ['model=mt-mlp', ...SMALL.split('&')].flatMap((s) => ['--set', s]);
  const lines = copy
    .cli('run', '--quiet', '--data', 'small.toy', '--targets', 'y:regression', ...set)
    .trim()
    .split('\n');
  const result = JSON.parse(lines.at(-1) ?? '{}');
  expect(result).toMatchObject({ status: 'finished', dataset: { name: 'small.toy', rows: 80 } });
});

test('all of them are on the command line', () => {
  const settings = ['model=toy', 'model.layers=4', ...[TOY_DATA, TOY_TRAINING, SMALL].join('&').split('&')];
  const masked = [...settings.slice(2), ...TOY_LAYERS.split('&'), 'model.feedForward=8', 'model.tower=4'];
  for (const set of [settings, masked]) {
    const lines = copy
      .cli('run', '--quiet', ...set.flatMap((s) => ['--set', s]))
      .trim()
      .split('\n');
    const result = JSON.parse(lines.at(-1) ?? '{}');
    expect(result).toMatchObject({
      status: 'finished',
      experiment: {
        data: { id: 'toy-circle', params: { points: 300 } },
        training: { optimizer: 'toy', weighting: 'given', givenWeights: [2, 0.5] },
      },
    });
    expect(result.experiment.model.params.attentionVariant).toBe(set === masked ? 'toy' : undefined);
    expect(result.seeds[0].model.test).toHaveLength(2);
  }
});

const SMALL_PROBED =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';

test('a new probe is answered in the worker and shown by its card', async ({ page }) => {
  await page.goto(`${url}?v=1&${SMALL_PROBED}&view.tab=mask-tests`);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText(/^2 tasks, 20 rows, step 1: \d\.\d{3}, \d\.\d{3}$/)).toBeVisible();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText(/^2 tasks, 20 rows, step 2: /)).toBeVisible();
  const numbers = await saved(page, 'Output size', 'CSV');
  expect(numbers.bytes.toString('utf8')).toMatch(/^task,size\r\n.*1,\d+\.\d+\r\n/);
  await expect(page.getByText('A card of one file')).toBeVisible();
  await page.getByRole('tab', { name: 'Attention' }).click();
  await expect(page.getByText('A card of one file')).toBeVisible();
});

test('a new card stands in the Experts tab, beside the cards that the workbench has', async ({ page }) => {
  const model = 'model=mmoe&model.experts=2&model.expert=8&model.tower=4&model.embedding=2';
  await page.goto(`${url}?v=1&${SMALL_PROBED.replace(/&model[^&]*/g, '')}&${model}&view.tab=experts`);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Gate weights' })).toBeVisible();
  await expect(page.getByText('A card of one file')).toBeVisible();
});
