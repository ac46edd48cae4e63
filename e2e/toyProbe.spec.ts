// Adding a probe takes a file and a line, and so does a chart card: a toy of each is added to a copy of the sources; their types
// must hold, and the page must show the probe's answers in the card, and cards in the tabs whose registry names them.
import { expect, test } from '@playwright/test';
import { saved } from './saving.ts';
import { ToyCopy } from './toyCopy.ts';

const SMALL =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';
const REGISTRY = 'src/engine/probes/registry.ts';
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
  copy.add('toyProbe.ts.txt', 'src/engine/probes/outputSize.ts');
  copy.edit(
    REGISTRY,
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

test('a new probe and a new card are two files each, and a card of several tabs a line in each', () => {
  expect(copy.touched()).toEqual([
    'src/engine/probes/outputSize.ts',
    REGISTRY,
    'src/views/cards/OutputSizeCard.tsx',
    'src/views/cards/ToyNote.tsx',
    CARDS,
    ...Object.keys(TABS),
  ]);
});

test('a new probe is answered in the worker and shown by its card', async ({ page }) => {
  await page.goto(`${url}?v=1&${SMALL}&view.tab=mask-tests`);
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
  await page.goto(`${url}?v=1&${SMALL.replace(/&model[^&]*/g, '')}&${model}&view.tab=experts`);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Gate weights' })).toBeVisible();
  await expect(page.getByText('A card of one file')).toBeVisible();
});
