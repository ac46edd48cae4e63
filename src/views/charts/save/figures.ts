// Registers maps and small canvases on screen that have their own drawing in print quality for saving.
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

const prints = new WeakMap<HTMLCanvasElement, () => HTMLCanvasElement>();

/** @param draw - draws the content of a canvas on another one, in light colours and print quality */
export function usePrint(
  canvas: RefObject<HTMLCanvasElement | null>,
  draw: (on: HTMLCanvasElement) => void,
): void {
  const newest = useRef(draw);
  newest.current = draw;
  useEffect(() => {
    if (!canvas.current) return;
    prints.set(canvas.current, () => {
      const own = document.createElement('canvas');
      newest.current(own);
      return own;
    });
  }, [canvas]);
}

/** The canvas in print quality; null if it has no such drawing. */
export const printOf = (canvas: HTMLCanvasElement): HTMLCanvasElement | null =>
  prints.get(canvas)?.() ?? null;
