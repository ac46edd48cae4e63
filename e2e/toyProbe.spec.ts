// Adding a probe takes a file and a line, and so does a chart card: a toy of each is added to a copy of the sources; their types must
// hold, and the page must show the probe's answers in the card.
import { expect, test } from '@playwright/test';
import { saved } from './saving.ts';
import { ToyCopy } from './toyCopy.ts';

const SMALL =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';
const REGISTRY = 'src/engine/probes/registry.ts';
const CARDS = 'src/views/cards/registry.ts';

let copy: ToyCopy;
let url: string;

test.beforeAll(async () => {
  test.setTimeout(240_000);
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
  copy.checkTypes();
  url = await copy.serve();
});

test.afterAll(() => copy?.remove());

test('a new probe and a new card are two files each', () => {
  expect(copy.touched()).toEqual([
    'src/engine/probes/outputSize.ts',
    REGISTRY,
    'src/views/cards/OutputSizeCard.tsx',
    CARDS,
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
});
