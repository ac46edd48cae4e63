// Maps on screen that are saved by a drawing of their own, in print quality, instead of as they are laid out on the page.
import { createContext, type RefObject, useEffect, useRef } from 'react';
import type { Figure } from '../heatmap/figure.ts';

/** Which run the figures on screen are of: architecture, table, seed. Stands under every saved picture. */
export const FigureNote = createContext('');

const figures = new WeakMap<Element, () => Figure>();
const MARK = 'data-figure';

/** @param figure - drawn when it is asked for */
export function useFigure(element: RefObject<HTMLElement | null>, figure: () => Figure): void {
  const newest = useRef(figure);
  newest.current = figure;
  useEffect(() => {
    const own = element.current;
    if (!own) return;
    own.setAttribute(MARK, '');
    figures.set(own, () => newest.current());
  }, [element]);
}

/** Those within `card`, in the order of the page. */
export const figuresIn = (card: Element): Figure[] =>
  [...card.querySelectorAll(`[${MARK}]`)].flatMap((element) => figures.get(element)?.() ?? []);
