// The page is printed in light colours, whatever the theme: dark ones would be light words on white paper.
const SCHEME = 'data-mantine-color-scheme';

/** Canvases and charts follow the attribute at once. */
export function lightOnPaper(): void {
  const root = document.documentElement;
  let before: string | null = null;
  addEventListener('beforeprint', () => {
    before = root.getAttribute(SCHEME);
    root.setAttribute(SCHEME, 'light');
  });
  addEventListener('afterprint', () => {
    if (before !== null) root.setAttribute(SCHEME, before);
    before = null;
  });
}
