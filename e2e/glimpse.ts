// Waits for texts that pass.
import type { Page } from '@playwright/test';

/**
 * Resolves once the page has shown the text. It looks at every frame, because a locator looks once a second and misses what
 * a fast machine shows for less. Call it before the click that brings the text, and await it after.
 */
export async function glimpse(page: Page, { source }: RegExp): Promise<void> {
  const isShown = (pattern: string) => new RegExp(pattern).test(document.body.textContent);
  await page.waitForFunction(isShown, source, { polling: 'raf' });
}
