// What the menu of a card saves.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** @param what - names the menu: "Attention map" @param item - "SVG", "CSV", ... */
export async function saved(
  page: Page,
  what: string,
  item: string,
): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: `Save ${what}`, exact: true }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
