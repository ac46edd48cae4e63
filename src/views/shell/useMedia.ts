// Whether a media query matches, for the few elements that are placed differently on narrow screens.
import { useSyncExternalStore } from 'react';

export const NARROW = '(max-width: 959px)';
export const PHONE = '(max-width: 699px)';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
}
