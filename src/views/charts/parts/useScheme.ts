// The theme (light or dark) and the pixel density, for which a canvas must be redrawn. Read from the document, so that charts
// work in any page that sets the attribute.
import { useSyncExternalStore } from 'react';
import type { Scheme } from '../../theme/palette.ts';

const ATTRIBUTE = 'data-mantine-color-scheme';

function watchScheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: [ATTRIBUTE] });
  return () => observer.disconnect();
}

export function useScheme(): Scheme {
  return useSyncExternalStore(watchScheme, () =>
    document.documentElement.getAttribute(ATTRIBUTE) === 'dark' ? 'dark' : 'light',
  );
}

function watchDensity(onChange: () => void): () => void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}

/** Device pixels per CSS pixel; on the stage, whose panel is enlarged, as many as its charts have. */
export function usePixelRatio(): number {
  return useSyncExternalStore(watchDensity, () => {
    const zoom = document.getElementById('panel')?.currentCSSZoom ?? 1;
    return (devicePixelRatio || 1) * Math.max(1, zoom);
  });
}

/** Values of CSS variables of tokens.css, for drawing on a canvas. */
export function readTokens<K extends string>(names: readonly K[]): Record<K, string> {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Record<K, string>;
}
