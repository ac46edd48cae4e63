// Runs axe on every tab, with the example and with a run, in light and dark, wide and narrow. It must find no violation, and
// nothing may stay undecided.
import { expect, type Page, test } from '@playwright/test';
import { axeOn } from './axe.ts';

const SMALL =
  '/?v=1&data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2&compare=mmoe';

/** The rows of words that choose what a tab shows: of Tasks, Masks, Runs and Learn. */
const VIEWS_OF_A_TAB = /^(View of|What is shown of)/;

/** WCAG AA for text of the sizes used on this page. */
const CONTRAST = 4.5;

interface Looks {
  /** Null when it is gone. */
  text: string | null;
  contrast: number;
}

/**
 * The text of elements, and its contrast to the colour behind it, which is that of the nearest painted ancestor. It decides what
 * axe leaves undecided: text of charts, lists with an arrow, and parts of the left panel that are scrolled out of sight. There are
 * up to a hundred in a view, so they are looked at together.
 */
const looksOf = (page: Page, selectors: readonly string[]): Promise<Looks[]> =>
  page.evaluate((all) => {
    const rgba = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r = 0, g = 0, b = 0] = rgba(color).map((c) =>
        c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrastOf = (element: Element) => {
      const style = getComputedStyle(element);
      const text = element instanceof SVGElement ? style.fill : style.color;
      let behind: Element | null = element;
      const isPainted = (e: Element) => (rgba(getComputedStyle(e).backgroundColor)[3] ?? 1) > 0;
      while (behind && !isPainted(behind)) behind = behind.parentElement;
      const back = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
      const [light = 0, dark = 0] = [luminance(text), luminance(back)].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    };
    return all.map((selector) => {
      const element = document.querySelector(selector);
      return element
        ? { text: element.textContent, contrast: contrastOf(element) }
        : { text: null, contrast: Number.NaN };
    });
  }, selectors);

/** What axe finds on the open tab, as readable lines. What axe cannot decide is decided here. */
async function findings(page: Page, where: string, part = '#panel'): Promise<string[]> {
  const { violations, incomplete } = await axeOn(page).include(part).analyze();
  const lines = violations.flatMap(({ id, nodes }) =>
    nodes.map((n) => `${where} violates ${id}: ${n.target.join(' ')} ${n.any[0]?.message ?? n.html}`),
  );
  const undecided = incomplete.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, any }) => ({
      id,
      selector: target.join(' '),
      html,
      message: any[0]?.message,
    })),
  );
  const looks = await looksOf(
    page,
    undecided.map(({ selector }) => selector),
  );
  for (const [i, { id, selector, html, message = '' }] of undecided.entries()) {
    const { text = null, contrast = Number.NaN } = looks[i] ?? {};
    // The element disappeared after axe had looked at it, as progress messages do.
    if (text === null) continue;
    // A sign such as × next to a name in words is not part of the name's text.
    if (id === 'label-content-name-mismatch' && !/\p{L}/u.test(text)) continue;
    if (id === 'color-contrast' && contrast >= CONTRAST) continue;
    const measured = id === 'color-contrast' ? contrast : 0;
    lines.push(`${where} undecided ${id} (${measured.toFixed(2)}): ${selector} ${message} ${html}`);
  }
  return lines;
}

async function allTabs(page: Page, where: string): Promise<string[]> {
  // The parts of the page outside the tabs are the same for every tab.
  const found = await findings(page, `${where}, the page:`, 'body');
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await expect(page.locator('#panel [aria-busy="true"]')).toHaveCount(0);
    const name = await tab.innerText();
    const views = page.getByRole('group', { name: VIEWS_OF_A_TAB }).locator('label');
    for (const view of await views.all()) {
      await view.click();
      await expect(page.locator('#panel [aria-busy="true"]')).toHaveCount(0);
      found.push(...(await findings(page, `${where}, ${name}, ${await view.innerText()}:`)));
    }
    if ((await views.count()) === 0) found.push(...(await findings(page, `${where}, ${name}:`)));
    // A link to the tab, and the next round, begin with its first view.
    else await views.first().click();
  }
  await page.getByRole('button', { name: 'Stage', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Leave the stage' })).toBeVisible();
  found.push(...(await findings(page, `${where}, the stage:`, 'body')));
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tab', { name: 'Train' })).toBeVisible();
  return found;
}

// Colours on their way from one theme to the other are no colours of the page.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('no tab violates a rule of axe, with the example or with a run', async ({ page }) => {
  await page.goto(SMALL);
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await expect(page.getByText('Gain over single-task baseline')).toBeVisible();
  const found = await allTabs(page, 'example');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  found.push(...(await allTabs(page, 'run, dark')));
  expect(found.join('\n')).toBe('');
});
