// A new model, mask, kind of attention, generator, file format, gradient method or optimizer takes one file and one registry
// line. A toy of each is added in this way to a copy of the sources, and must then work on the page, in links and on the
// command line.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
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

let copy: ToyCopy;
let url: string;

test.beforeAll(async () => {
  copy = new ToyCopy();
  for (const { toy, file, registry, name, line } of KINDS) {
    copy.add(toy, file);
    const from = file.split('/').at(-1);
    copy.edit(registry, ['import ', `import { ${name} } from './${from}';\nimport `], line);
  }
  copy.checkTypes();
  url = await copy.serve();
});

test.afterAll(() => copy?.remove());

test('each is two files', () => {
  expect(copy.touched()).toEqual(KINDS.flatMap(({ file, registry }) => [file, registry]).sort());
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
  const cli = (...args: string[]) =>
    execFileSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
      cwd: copy.folder,
      encoding: 'utf8',
    });
  expect(cli('help')).toMatch(/CSV \(\.csv,[^\n]*; Toy \(\.toy\)/);
  writeFileSync(path.join(copy.folder, 'small.toy'), TOY_TABLE);
  const set = ['model=mt-mlp', ...SMALL.split('&')].flatMap((s) => ['--set', s]);
  const lines = cli('run', '--quiet', '--data', 'small.toy', '--targets', 'y:regression', ...set)
    .trim()
    .split('\n');
  const result = JSON.parse(lines.at(-1) ?? '{}');
  expect(result).toMatchObject({ status: 'finished', dataset: { name: 'small.toy', rows: 80 } });
});

test('all of them are on the command line', () => {
  const settings = ['model=toy', 'model.layers=4', ...[TOY_DATA, TOY_TRAINING, SMALL].join('&').split('&')];
  const masked = [...settings.slice(2), ...TOY_LAYERS.split('&'), 'model.feedForward=8', 'model.tower=4'];
  for (const set of [settings, masked]) {
    const args = [
      '--import',
      'tsx',
      'src/cli/main.ts',
      'run',
      '--quiet',
      ...set.flatMap((s) => ['--set', s]),
    ];
    const lines = execFileSync(process.execPath, args, { cwd: copy.folder, encoding: 'utf8' })
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
