// The theme (light or dark) and the pixel density, for which a canvas must be redrawn. Read from the document, so that charts
// work in any page that sets the attribute.
import { useSyncExternalStore } from 'react';
import type { Scheme } from '../../theme/palette.ts';

const ATTRIBUTE = 'data-mantine-color-scheme';

/**
 * One subscription for all who watch: dozens of thumbnails appear at once, and each media query of its own would cost more than
 * drawing one.
 * @param begin - subscribes; returns what ends it
 */
function shared(begin: (onChange: () => void) => () => void): (onChange: () => void) => () => void {
  const watching = new Set<() => void>();
  let end: (() => void) | null = null;
  return (onChange) => {
    end ??= begin(() => {
      for (const tell of [...watching]) tell();
    });
    watching.add(onChange);
    return () => {
      watching.delete(onChange);
      if (watching.size > 0) return;
      end?.();
      end = null;
    };
  };
}

const watchScheme = shared((onChange) => {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: [ATTRIBUTE] });
  return () => observer.disconnect();
});

export function useScheme(): Scheme {
  return useSyncExternalStore(watchScheme, () =>
    document.documentElement.getAttribute(ATTRIBUTE) === 'dark' ? 'dark' : 'light',
  );
}

const watchDensity = shared((onChange) => {
  let query: MediaQueryList;
  // A query tells that its density is left, not which one follows.
  const begin = () => {
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', onLeft);
  };
  const onLeft = () => {
    query.removeEventListener('change', onLeft);
    begin();
    onChange();
  };
  begin();
  return () => query.removeEventListener('change', onLeft);
});

/** Device pixels per CSS pixel; on the stage, whose panel is enlarged, as many as its charts have. */
export function usePixelRatio(): number {
  return useSyncExternalStore(watchDensity, () => {
    const panel = document.getElementById('panel');
    // Elsewhere the zoom is not asked for, which would compute styles in the middle of drawing.
    const zoom = (panel?.dataset.enlarged !== undefined && panel.currentCSSZoom) || 1;
    return (devicePixelRatio || 1) * zoom;
  });
}

/** Values of CSS variables of tokens.css, for drawing on a canvas. */
export function readTokens<K extends string>(names: readonly K[]): Record<K, string> {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Record<K, string>;
}
