// Prepares the page for paper: light colours, whatever the theme, and what is wider than the paper made smaller.
const SCHEME = 'data-mantine-color-scheme';
/** A4 without its margins (`print.css`), CSS pixels. */
const PAPER_WIDTH = 718;

/** Canvases and charts follow the attribute at once. */
export function preparePaper(): void {
  const root = document.documentElement;
  let before: string | null = null;
  addEventListener('beforeprint', () => {
    before = root.getAttribute(SCHEME);
    root.setAttribute(SCHEME, 'light');
    const width = document.getElementById('panel')?.clientWidth ?? PAPER_WIDTH;
    root.style.setProperty('--on-paper', String(Math.min(1, PAPER_WIDTH / width)));
  });
  addEventListener('afterprint', () => {
    if (before !== null) root.setAttribute(SCHEME, before);
    before = null;
  });
}
