// The picture of a card: its maps in print quality if it has any, or the card as laid out. Loaded on demand.
import { drawFigure, joinDrawings, toPng, toSvg } from '../heatmap/figure.ts';
import { pictureOf } from './cardPicture.ts';
import { figuresIn } from './figures.ts';
import { pngOf } from './raster.ts';

export interface Picture {
  svg(): Promise<string>;
  png(): Promise<Blob>;
}

/** @param note - names the run */
export function cardPicture(card: HTMLElement, title: string, note: string): Picture {
  const figures = figuresIn(card);
  if (figures.length > 0) {
    const drawing = joinDrawings(
      figures.map((figure) =>
        drawFigure({ ...figure, caption: [figure.caption.replace(/\.?$/, '.'), note].join(' ').trim() }),
      ),
    );
    return { svg: () => toSvg(drawing, title), png: () => toPng(drawing) };
  }
  const { svg, ...size } = pictureOf(card, title, note);
  return { svg: async () => svg, png: () => pngOf(svg, size) };
}
