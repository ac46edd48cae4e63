// A lesson is played to its end, by its buttons and by its link.
import { expect, type Page, test } from '@playwright/test';
import { axeOn } from './axe.ts';
import { playLesson } from './playLesson.ts';

async function expectNoViolations(page: Page) {
  const { violations } = await axeOn(page).include('[data-lesson]').analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
}

/** The student makes a run smaller in what its lesson leaves open: few rows, and one epoch. */
async function makeSmall(page: Page, keeps: readonly string[]) {
  const settings = page.getByRole('complementary', { name: 'Experiment' });
  // A lesson folds what it is not about.
  for (const title of [/^Data/, /^Training/])
    if (
      !(await settings.locator('details[open]', { has: page.locator('summary', { hasText: title }) }).count())
    )
      await settings.locator('summary', { hasText: title }).click();
  for (const [name, value] of [
    ['Rows, exact value', '200'],
    ['Epochs', '1'],
  ] as const) {
    const field = settings.getByRole('textbox', { name, exact: true });
    if (keeps.includes(name) || !(await field.count())) continue;
    await field.fill(value);
    await field.press('Enter');
    await expect(field).toHaveValue(value);
  }
}

test('a lesson sets up, waits for a run, keeps its place in the link and puts the settings back', async ({
  page,
}) => {
  await page.goto('/?seed=7&view.tab=learn');
  // By keyboard from the top of the page: past the settings, to the lesson.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip the settings' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Learn' })).toBeFocused();
  const notices = await page.getByRole('link', { name: 'the work of others' }).getAttribute('href');
  const text = await (await page.request.get(`/${notices}`)).text();
  // One for each: the page's first load, its styles, what it loads later, and the worker.
  for (const name of [
    'react-dom',
    '@fontsource-variable/inter',
    'recharts',
    '@tensorflow/tfjs-core',
    'h5wasm',
  ])
    expect(text).toMatch(new RegExp(`^${name} [0-9.]+ \\(`, 'm'));
  await page.getByRole('button', { name: 'Start: What is a task?' }).press('Enter');
  const lesson = page.getByRole('region', { name: 'Lesson: What is a task?' });
  await expect(lesson.getByRole('heading', { name: 'One table, several targets' })).toBeFocused();
  await expect(page.getByRole('tab', { name: 'Tasks' })).toHaveAttribute('aria-selected', 'true');
  await lesson.getByRole('button', { name: 'task', exact: true }).hover();
  await expect(page.getByRole('tooltip').filter({ hasText: /^Task: One thing to predict/ })).toBeVisible();

  await lesson.getByRole('button', { name: 'Next' }).click();
  await expect(lesson.getByText('To do: Press Run')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Epochs' })).toHaveValue('6');
  // Smaller than the lesson says. The student may change everything and come back.
  const set = async (name: string, value: string) => {
    await page.getByRole('textbox', { name }).fill(value);
    await page.getByRole('textbox', { name }).press('Enter');
  };
  // What the lesson is not about is folded.
  await expect(page.getByRole('textbox', { name: 'Count, exact value' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Rows, exact value' })).toBeHidden();
  await page.locator('summary', { hasText: /^Data/ }).click();
  await set('Rows, exact value', '300');
  await set('Epochs', '1');
  await expect(lesson.getByRole('button', { name: 'Set this step up again' })).toBeVisible();
  await expect(page).toHaveURL(/view\.lesson=what-is-a-task&view\.step=1/);
  await page.reload();
  await expect(lesson.getByText('step 2 of 3')).toBeVisible();
  await lesson.getByRole('button', { name: 'Run it' }).press('Enter');
  await expect(lesson.getByText('Done: Press Run')).toBeVisible();
  // What the charts show is said to those who do not see them.
  await expect(page.getByRole('status').filter({ hasText: /^Result of run 1: gain total/ })).toBeAttached();

  await lesson.getByRole('button', { name: 'Next' }).click();
  // A guess is told right or wrong once the run that it is about has ended.
  const told = lesson.locator('fieldset').getByRole('status');
  await lesson.getByRole('radio', { name: /That cannot be told yet/ }).check();
  await expect(told).toHaveText('A guess. Run it, and see.');
  await lesson.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('textbox', { name: 'Epochs' })).toHaveValue('24');
  await page.locator('summary', { hasText: /^Data/ }).click();
  await set('Rows, exact value', '300');
  await lesson.getByRole('button', { name: 'Run it' }).click();
  await expect(told).toHaveText(/^Right\./, { timeout: 100_000 });
  await lesson.getByRole('radio', { name: /a longer run makes it worse/ }).check();
  await expect(told).toHaveText(/^No\. The losses/);
  await lesson.getByRole('button', { name: 'End the lesson' }).click();
  await expect(lesson).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Lessons' })).toBeVisible();
});

test('every lesson is played to its end by its buttons, its question after a run, and the settings from before come back', async ({
  page,
}) => {
  await page.goto('/?seed=7&view.tab=learn');
  const starts = page.getByRole('button', { name: /^Start: / });
  await expect(starts).toHaveCount(8);
  const titles = await starts.evaluateAll((all) => all.map((b) => b.getAttribute('aria-label') ?? ''));
  for (const title of titles.map((name) => name.replace('Start: ', ''))) {
    // A visit of its own: a run of another lesson may answer a question, too.
    await page.goto('/?seed=7&view.tab=learn');
    // The first asks for 24 epochs; a table has the rows that it has.
    const keeps = title === 'What is a task?' ? ['Epochs'] : [];
    await playLesson(page, title, { beforeRun: () => makeSmall(page, keeps), onlyQuestion: true });
    // The parts are the same in all lessons; only the texts differ.
    if (title === 'A real table: penguins') await expectNoViolations(page);
    await page.getByRole('button', { name: 'End the lesson' }).click();
    await expect(page.locator('[data-lesson]')).toBeHidden();
  }
  await page.getByRole('button', { name: 'Put mine back' }).click();
  await expect(page).toHaveURL(/seed=7/);
  await expect(page.getByRole('textbox', { name: 'Seed', exact: true })).toHaveValue('7');

  // A teacher's link names the step alone: its settings and its tab are set up.
  await page.goto('/?view.lesson=what-a-mask-forbids&view.step=0');
  await expect(page.getByRole('textbox', { name: 'Blocks' })).toHaveValue('2');
  await expect(page.getByRole('button', { name: 'Set this step up again' })).toBeHidden();
});

test('the stage is played with a clicker, and a frame shows one figure', async ({ page }) => {
  await page.goto('/?view.lesson=what-is-a-task&view.stage=on');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await expect(page.getByRole('tablist')).toBeHidden();
  await page.keyboard.press('PageDown');
  await expect(page.getByText('step 2 of 3')).toBeVisible();
  await page.keyboard.press('-');
  await expect(page.getByLabel('Pace')).toHaveValue('20');
  await page.getByRole('button', { name: 'QR code' }).click();
  await expect(page.getByRole('dialog').getByRole('img', { name: 'QR code' })).toBeVisible();
  await page.keyboard.press('Escape');
  const { violations } = await axeOn(page).analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tablist')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stage' })).toBeFocused();

  // With and without the mask, step by step together.
  await page.goto(
    '/?data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2&view.stage=on&view.tab=attention',
  );
  await page.getByRole('button', { name: 'With and without mask' }).click();
  await expect(page.getByRole('heading', { name: /^Run \d · MultiTab-Net · Mask T×T/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: /^Run \d · MultiTab-Net · Mask None/ })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await expect(page.getByRole('application', { name: /inter-feature attention/ })).toHaveCount(2);

  await page.goto('/?embed=train.gain');
  await expect(page.locator('#panel [data-card]')).toHaveCount(1);
  await expect(page.getByRole('region', { name: 'Gain over single-task baseline' })).toBeVisible();
  await page.getByRole('button', { name: 'What is shown here' }).focus();
  await expect(page.getByRole('tooltip').filter({ hasText: /^A bar for each task: / })).toBeVisible();
  await page.goto('/?embed=train.gian');
  await expect(page.getByRole('alert')).toHaveText(/expected a figure, one of gain, .*, got "gian"/);
});
