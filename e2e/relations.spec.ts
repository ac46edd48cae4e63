// How tasks affect the parameters they share, shown while a network trains, and which tasks to train together.
import { expect, test } from '@playwright/test';
import { saved } from './saving.ts';

const SMALL =
  '/?v=1&data.rows=300&data.features=4&tasks.count=3&tasks.degrees=1&model=mt-mlp&model.shared=8&model.tower=4&model.embedding=2&training.epochs=4&training.batchSize=32&training.weighting=uw&baseline.hidden=8&baseline.embedding=2&view.tab=tasks&view.tasks=gradients';

test('gradients and weights are watched, and tasks are trained in the groups that are proposed', async ({
  page,
}) => {
  await page.goto(SMALL);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await expect(button('Run')).toBeEnabled();
  await button('Run').click();
  // The map of pairs, the share of each task in the update, and which measure predicts what.
  const card = (name: string) => page.getByRole('region', { name, exact: true }).first();
  await expect(card('Cosine').getByRole('application')).toBeVisible();
  await expect(card('Who makes up the update').getByRole('row')).toHaveCount(4);
  await expect(page.getByText('Finished in', { exact: false }).first()).toBeVisible();
  await card('Which measure predicts what?').getByText('Gain per task', { exact: true }).waitFor();
  // Saved from there: numbers as numbers, and in a picture what is chosen.
  const update = (await saved(page, 'Who makes up the update', 'CSV')).bytes.toString('utf8');
  expect(update.trimEnd().split('\r\n')).toHaveLength(4);
  expect(update).toMatch(/^step,task,loss,gradient_length,weight,.*\r\n\d+,[^,]+,[\d.]+,[\d.]+,[\d.]+,/);
  const groupsPicture = (await saved(page, 'Which tasks to train together', 'SVG')).bytes.toString('utf8');
  expect(groupsPicture).toMatch(/<text [^>]*>Cosine<\/text>/);

  // Training in pairs is estimated of the network that has finished, and ranked among the measures.
  await card('Cosine').getByRole('button', { name: 'Estimate training in pairs' }).click();
  const estimate = card('Estimated training in pairs (Grad-TAG)');
  await expect(estimate.getByRole('application')).toBeVisible();
  await expect(estimate).toContainText('71 forward passes');
  await expect(card('Which measure predicts what?').getByText(/Grad-TAG/)).toBeVisible();

  await page.getByRole('tab', { name: 'Train', exact: true }).click();
  const weights = card('Weights of the tasks');
  await weights.getByRole('button', { name: 'Watch' }).click();
  await expect(
    weights.getByRole('application', { name: /^Weights of 3 tasks over training steps/ }),
  ).toBeVisible();

  await weights.getByText('Angles', { exact: true }).click();
  await expect(
    weights.getByRole('application', { name: /^Cosines of the update to the gradients of 3 tasks/ }),
  ).toBeVisible();
  await expect(weights.getByText(/the update raises the loss of/)).toBeVisible();

  await page.getByRole('tab', { name: 'Tasks', exact: true }).click();
  const groups = card('Which tasks to train together');
  await expect(groups).toContainText('with equal weights');
  // The card goes away until the new run has measured something: the keyboard goes on at what pauses that run.
  await groups.getByRole('button', { name: 'Train these groups' }).press('Enter');
  await expect(page.locator('#run')).toBeFocused();
  await expect(groups.getByRole('columnheader', { name: /\|/ })).toBeVisible();
  await expect(groups.getByRole('row', { name: /^Mean/ })).toContainText(/[+−0]\.?\d/);

  // Sets weights by hand in the running run; the groups were trained with equal weights.
  await page.getByRole('tab', { name: 'Train', exact: true }).click();
  await button('Step').click();
  await card('Weights by hand').getByRole('button', { name: 'Pause Task 2' }).click();
  await expect(card('Weights by hand').getByRole('slider', { name: 'Task 2' })).toHaveValue('0');
  await button('Resume').click();
  await expect(
    page.getByText(/from step 2 on the task weights are 1, 0, 1, set by hand/).first(),
  ).toBeVisible();
});
