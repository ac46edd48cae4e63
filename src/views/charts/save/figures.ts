// Registers maps on screen that have their own drawing in print quality for saving.
import { createContext, type RefObject, useEffect, useRef } from 'react';
import type { Figure } from '../heatmap/figure.ts';

/** The run of the figures on screen: architecture, table, seed. Shown under every saved picture. */
export const FigureNote = createContext('');

const figures = new WeakMap<Element, () => Figure>();
const MARK = 'data-figure';

/** @param figure - called when the picture is requested */
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

/** The figures within `card`, in page order. */
export const figuresIn = (card: Element): Figure[] =>
  [...card.querySelectorAll(`[${MARK}]`)].flatMap((element) => figures.get(element)?.() ?? []);
