// The Open button and dropping a file anywhere accept every file that the product writes and say what it is. A file that cannot
// be read changes nothing.
import { expect, type Page, test } from '@playwright/test';

const EXPERIMENT = {
  version: 1,
  data: { id: 'multitab-bench', params: { features: 6 } },
  tasks: { count: 3 },
};
const json = (value: unknown) => JSON.stringify(value);

async function openPage(page: Page) {
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
}

const openFile = (page: Page, name: string, text: string) =>
  page.getByLabel('Open a file').setInputFiles({ name, mimeType: '', buffer: Buffer.from(text) });

/** Sends the events of a browser when a file is dropped on the page. */
const dropFile = (page: Page, name: string, text: string) =>
  page.evaluate(
    ([fileName, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content as string], fileName as string));
      const target = document.querySelector('[role="tabpanel"]') as Element;
      for (const type of ['dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, text],
  );

test('cases, results, masks and tables are opened for what they are', async ({ page }) => {
  await openPage(page);
  const count = page.getByLabel('Count, exact value');
  await openFile(page, 'case.json', json({ experiment: EXPERIMENT, taken: null, assertions: [] }));
  await expect(page.getByText(/^A case of mask tests/)).toBeVisible();
  await expect(count).toHaveValue('3');

  await dropFile(
    page,
    'result.json',
    json({ experiment: { ...EXPERIMENT, tasks: { count: 4 } }, seeds: [] }),
  );
  await expect(page.getByText(/^A result of the command line/)).toBeVisible();
  await expect(count).toHaveValue('4');
  await expect(page.getByText('4 tasks', { exact: true })).toBeVisible();

  const open = '.'.repeat(10);
  await dropFile(page, 'mask.txt', `.x${'.'.repeat(8)}\n${`${open}\n`.repeat(9)}`);
  await expect(page.getByText('A mask: it is the mask of the experiment now.')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Masks' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByLabel('Mask', { exact: true }).locator('option:checked')).toHaveText(
    /Custom|Painted/,
  );

  const rows = Array.from({ length: 60 }, (_, i) => `${i},${i * 2},${i % 3}`).join('\n');
  await dropFile(page, 'own.csv', `a,b,c\n${rows}\n`);
  await expect(page.getByText('A table. 60 rows, 3 columns.')).toBeVisible();
  await expect(page.getByText('own.csv: 60 rows, 3 columns')).toBeVisible();

  // A file that cannot be read changes nothing.
  await dropFile(page, 'broken.csv', '');
  await expect(page.getByText('broken.csv was not opened')).toBeVisible();
  await expect(page.getByText('own.csv: 60 rows, 3 columns')).toBeVisible();
  await dropFile(page, 'photo.png', '\u0089PNG');
  await expect(page.getByText('photo.png was not opened')).toBeVisible();
  // Of several files, each that is refused is named.
  await page.getByLabel('Open a file').setInputFiles([
    { name: 'one.png', mimeType: '', buffer: Buffer.from('\u0089PNG') },
    { name: 'case.json', mimeType: '', buffer: Buffer.from('{}') },
    { name: 'photo.png', mimeType: '', buffer: Buffer.from('\u0089PNG') },
  ]);
  const refused = page.getByRole('status').filter({ hasText: '3 of 3 files were not opened' });
  await expect(refused.getByRole('listitem').filter({ hasText: 'one.png' })).toBeVisible();
  await page
    .getByLabel('Open a file')
    .setInputFiles({ name: 'photo.png', mimeType: '', buffer: Buffer.from('\u0089PNG') });
  await expect(page.getByText('photo.png was not opened')).toBeVisible();
  // The message goes when another file is opened, on the left too.
  await page
    .getByLabel('Choose a table', { exact: true })
    .setInputFiles({ name: 'second.csv', mimeType: 'text/csv', buffer: Buffer.from(`a,b,c\n${rows}\n`) });
  await expect(page.getByText('second.csv: 60 rows, 3 columns')).toBeVisible();
  await expect(page.getByText('photo.png was not opened')).toBeHidden();

  // Names of a hundred letters do not make the page of a phone wider than it is.
  await page.setViewportSize({ width: 390, height: 844 });
  const long = 'x'.repeat(100);
  await dropFile(page, `${long}.csv`, `${long},b,c\n${rows}\n`);
  await expect(page.getByText(`${long}.csv is open`)).toBeVisible();
  await page.getByRole('tab', { name: 'Data' }).click();
  await expect(page.getByRole('checkbox', { name: `Target ${long}` })).toBeVisible();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
});

test('a link to a run on a table asks for the table by name', async ({ page }) => {
  await page.goto('/?v=1&data=table&data.file=customers.csv&tasks.targets=c:regression');
  await expect(page.getByText(/This experiment needs customers\.csv.*drop it here/)).toBeVisible();
});
