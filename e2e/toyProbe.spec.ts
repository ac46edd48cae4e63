// Adding a probe with its card takes four files: the probe and its registry line, the card and its line in a panel. A toy is added
// so to a copy of the sources; its types must hold, and the page must show its answers.
import { expect, test } from '@playwright/test';
import { ToyCopy } from './toyCopy.ts';

const SMALL =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';
const REGISTRY = 'src/engine/probes/registry.ts';
const PANEL = 'src/views/panels/MaskTestsPanel.tsx';

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
  copy.add('ToyCard.tsx.txt', 'src/views/panels/maskTests/ToyCard.tsx');
  copy.edit(
    PANEL,
    ['import { ReachCards }', "import { ToyCard } from './maskTests/ToyCard.tsx';\nimport { ReachCards }"],
    [
      '            <ReachCards report={tests.report} />\n',
      '            <ReachCards report={tests.report} />\n            <ToyCard />\n',
    ],
  );
  copy.checkTypes();
  url = await copy.serve();
});

test.afterAll(() => copy?.remove());

test('a new probe with its card is four files', () => {
  expect(copy.touched()).toEqual([
    'src/engine/probes/outputSize.ts',
    REGISTRY,
    PANEL,
    'src/views/panels/maskTests/ToyCard.tsx',
  ]);
});

test('a new probe is answered in the worker and shown by its card', async ({ page }) => {
  await page.goto(`${url}?v=1&${SMALL}&view.tab=mask-tests`);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText(/^2 tasks, 20 rows, step 1: \d\.\d{3}, \d\.\d{3}$/)).toBeVisible();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText(/^2 tasks, 20 rows, step 2: /)).toBeVisible();
});
