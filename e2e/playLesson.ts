// A lesson as a student plays it: all that it asks for is set up and run, and the question is answered after its run.
import { expect, type Locator, type Page } from '@playwright/test';

export interface Played {
  /** What the page says of each run when it ends. */
  results: string[];
  question: string;
  /** What the page says to the one answer that is right. */
  right: string;
}

/** Far above what a run of a lesson takes; it ends what hangs. */
const RUN_MS = 900_000;

export interface HowPlayed {
  /** Steps before the last are turned without their runs. */
  onlyQuestion?: boolean;
  /** Called when a run is set up, before it is started. */
  beforeRun?: () => Promise<void>;
}

/** Sets up and runs the first thing that is still asked for there. */
async function runIt(page: Page, asked: Locator, beforeRun?: () => Promise<void>): Promise<string> {
  const todo = (
    await asked
      .getByText(/^To do: /)
      .first()
      .innerText()
  ).replace('To do: ', '');
  const line = asked.getByText(`To do: ${todo}`, { exact: true }).locator('..');
  const setUp = line.getByRole('button', { name: 'Set it up' });
  const run = line.getByRole('button', { name: 'Run it' });
  await expect(setUp.or(run)).toBeVisible();
  if (await setUp.isVisible()) await setUp.click();
  await expect(run).toBeVisible();
  await beforeRun?.();
  await run.click();
  await expect(asked.getByText(`Done: ${todo}`, { exact: true })).toBeVisible({ timeout: RUN_MS });
  const said = page.getByRole('status').filter({ hasText: /^Result of run/ });
  await expect(said).toBeAttached();
  return (await said.textContent()) ?? '';
}

/** Plays a lesson from its line in the list to the answer of its question. */
export async function playLesson(
  page: Page,
  title: string,
  { onlyQuestion = false, beforeRun }: HowPlayed = {},
): Promise<Played> {
  await page.getByRole('button', { name: `Start: ${title}`, exact: true }).click();
  const lesson = page.getByRole('region', { name: `Lesson: ${title}`, exact: true });
  const form = lesson.locator('fieldset');
  // What the question asks for stands behind it.
  const asked = onlyQuestion ? lesson.locator('fieldset + div') : lesson;
  const results: string[] = [];
  const runAll = async () => {
    while (await asked.getByText(/^To do: /).count()) results.push(await runIt(page, asked, beforeRun));
  };
  const place = await lesson.getByText(/step 1 of \d+$/).innerText();
  const last = Number(place.split(' ').at(-1));
  for (let step = 1; step < last; step++) {
    await runAll();
    await lesson.getByRole('button', { name: 'Next', exact: true }).click();
    await expect(lesson.getByText(`step ${step + 1} of ${last}`)).toBeVisible();
  }
  const told = form.getByRole('status');
  const options = await form.getByRole('radio').all();
  await options[0]?.check();
  await expect(told).toHaveText('A guess. Run it, and see.');
  await runAll();
  const right: string[] = [];
  for (const option of options) {
    await option.check();
    await expect(told).toHaveText(/^(Right|No)\. ./);
    const text = await told.innerText();
    if (text.startsWith('Right.')) right.push(text);
  }
  expect(right, `answers called right in ${title}`).toHaveLength(1);
  return { results, question: await form.locator('legend').innerText(), right: right.join() };
}
