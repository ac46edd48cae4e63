// axe as all journeys run it.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Looks for violations, and for what axe cannot decide; elements that pass are not listed. The page has no frames, so that the
 * results need no second page that joins those of frames ("legacy mode"), which takes longer than looking.
 */
export const axeOn = (page: Page): AxeBuilder =>
  new AxeBuilder({ page }).options({ resultTypes: ['violations', 'incomplete'] }).setLegacyMode();
