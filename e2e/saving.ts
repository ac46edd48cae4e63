// What the menu of a card saves.
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';

/** Opens the menu of a card. @param what - the name of the menu: "Attention map" */
export async function openSaveMenu(page: Page, what: string): Promise<void> {
  // The previous menu may still be closing, with items of the same names.
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  await page.getByRole('button', { name: `Save ${what}`, exact: true }).click();
}

/** @param item - "SVG", "CSV", ... */
export async function saved(
  page: Page,
  what: string,
  item: string,
): Promise<{ name: string; bytes: Buffer }> {
  await openSaveMenu(page, what);
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
