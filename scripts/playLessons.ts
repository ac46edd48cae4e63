// `npm run play:lessons -- [WORDS ...]`: plays the lessons, or those whose titles hold one of the words, in a real Chromium against the
// production build, as they are: every run at its full size, the question answered after its own run. Prints what the page says of
// each run beside the answer that the lesson calls right, so that the two can be compared. Minutes, so no part of `npm test`.
import { chromium } from '@playwright/test';
import { buildPage } from '../bench/pageBuild.ts';
import { playLesson } from '../e2e/playLesson.ts';
import { lessons } from '../src/views/lessons/registry.ts';
import { launchOptions } from './ensureBrowser.mjs';
import { createServer, listen } from './serve.mjs';

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const titles = Object.values(lessons).map(({ title }) => title);
const chosen = titles.filter(
  (title) => words.length === 0 || words.some((word) => title.toLowerCase().includes(word)),
);
if (chosen.length === 0)
  throw new Error(
    `play:lessons: expected words of titles, got ${words.join(' ')}. The titles: ${titles.join('; ')}.`,
  );

buildPage();
const server = createServer();
const port = await listen(server, 4390, 'localhost', () => {});
const browser = await chromium.launch(launchOptions());
try {
  for (const title of chosen) {
    // A visit of its own: no run of another lesson is there.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(`http://localhost:${port}/?view.tab=learn`);
    const start = performance.now();
    const { results, question, right } = await playLesson(page, title);
    const seconds = (performance.now() - start) / 1000;
    console.log(`\n${title}: ${results.length} runs, ${seconds.toFixed(0)} s`);
    for (const result of results) console.log(`  ${result}`);
    console.log(`  Question: ${question}\n  ${right}`);
    await context.close();
  }
} catch (error) {
  // The message says what was expected; what follows it is the whole page.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
