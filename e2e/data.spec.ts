// The Data tab: how a table is read, how the user overrules that, and what its labels and splits are before training.
import { expect, test } from '@playwright/test';
import { workbook } from '../src/engine/data/formats/testing/workbook.ts';

test('columns, splits and associations are shown before training, and can be overruled', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await page.getByLabel('Preset').selectOption('penguins');
  await page.getByRole('tab', { name: 'Data' }).click();
  const columns = page.getByRole('region', { name: 'Columns, table' });
  const rowOf = (name: string) => columns.locator(`[data-column="${name}"]`);
  await expect(rowOf('bill_length_mm')).toContainText('32.10 to 59.60, mean 43.92');
  await expect(rowOf('sex')).toContainText('11 (3.2 %)');
  const splits = page.getByRole('region', { name: 'Splits, table' });
  await expect(splits.getByRole('row', { name: /sex a label 233 \(96\.7 %\)/ })).toBeVisible();
  await expect(page.getByRole('table', { name: /body_mass_g, strongest features/ })).toContainText(
    'flipper_length_mm',
  );

  await page.getByLabel('Read bill_depth_mm as').selectOption('ignore');
  await expect(rowOf('bill_depth_mm')).toContainText('left out as asked');
  for (const name of ['island', 'bill_length_mm']) await page.getByLabel(`Select ${name}`).check();
  await page.getByRole('button', { name: 'Read the selected columns as categorical' }).click();
  await expect(rowOf('bill_length_mm')).toContainText('asked for as categorical');
  await page.getByLabel('Target species').uncheck();
  await expect(rowOf('species')).toContainText('feature');
  await expect(splits.getByRole('row', { name: /species/ })).toHaveCount(0);
  await expect(page).toHaveURL(/data\.types=bill_depth_mm:ignore,/);

  const header = 'species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex';
  const testFile = (...rows: string[]) => ({
    name: 'held.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([header, ...rows].join('\n')),
  });
  const [ok, heavy] = ['Adelie,Dream,39.5,17.4,186,3800,female', 'Gentoo,Biscoe,46.1,13.2,211,heavy,male'];
  await page.getByLabel('Choose a test file').setInputFiles(testFile(ok, heavy));
  await expect(
    page.getByRole('alert').filter({ hasText: 'held.csv, line 3, column body_mass_g' }),
  ).toBeVisible();
  await page.getByLabel('Choose a test file').setInputFiles(testFile(ok, ok));
  await expect(page.getByRole('region', { name: 'Table', exact: true })).toContainText('Test rows: held.csv');
  await expect(page.getByText(/validation and 2 test rows/)).toBeVisible();
  await page.getByRole('button', { name: 'Without test file' }).click();
  await expect(page).not.toHaveURL(/testFile/);

  // By keyboard: the button goes with the error, and the focus stays in the panel.
  await page.getByLabel('Choose a table').setInputFiles({
    name: 'ragged.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`a,b\n${'1,2\n2,3\n'.repeat(20)}1,2,3\n`),
  });
  await page.getByRole('button', { name: 'Leave out such lines' }).press('Enter');
  await expect(page.getByRole('region', { name: 'Table', exact: true })).toContainText('ragged.csv: 40 rows');
  await expect(page.getByRole('complementary', { name: 'Experiment' }).locator(':focus')).toHaveCount(1);

  // Of a workbook, the sheet is chosen where the page says how the file is read.
  const rows = (count: number) => [['x', 'y'], ...Array.from({ length: count }, (_, i) => [i / 2, i % 3])];
  await page.getByLabel('Choose a table').setInputFiles({
    name: 'book.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: Buffer.from(workbook({ Notes: [['of 2024']], Data: rows(30), Later: rows(20) })),
  });
  await expect(page.getByRole('region', { name: 'Table', exact: true })).toContainText('book.xlsx: 30 rows');
  const reading = page.getByRole('region', { name: 'How the file is read' });
  await expect(reading).toContainText('The table is the sheet "Data"');
  await reading.getByLabel('Sheet').fill('Later');
  await reading.getByLabel('Sheet').press('Enter');
  await expect(page.getByRole('region', { name: 'Table', exact: true })).toContainText('book.xlsx: 20 rows');
  await expect(page).toHaveURL(/data\.sheet=Later/);
});
