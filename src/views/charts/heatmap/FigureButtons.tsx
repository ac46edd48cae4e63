// Saves a heatmap as a figure to take away; the note of the run on screen goes into every caption.
import { createContext, useContext } from 'react';
import { downloadText } from '../csv.ts';
import { drawFigure, type Figure, toPng, toSvg } from './figure.ts';
import classes from './Heatmap.module.css';

/** Which run the figures on screen are of: architecture, table, seed. */
export const FigureNote = createContext('');

export interface FigureButtonsProps {
  /** What it shows, for screen readers and the title of the file. */
  label: string;
  /** Drawn when it is asked for. */
  figure(): Figure;
}

/** From the first sentence. */
const fileName = (label: string): string => {
  const words = (label.split('.')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, 60).replace(/-$/, '');
};

export function FigureButtons({ label, figure }: FigureButtonsProps) {
  const note = useContext(FigureNote);
  const save = async (kind: 'svg' | 'png') => {
    const own = figure();
    const drawing = drawFigure({
      ...own,
      caption: [own.caption.replace(/\.?$/, '.'), note].join(' ').trim(),
    });
    const name = `${fileName(label)}.${kind}`;
    if (kind === 'svg') downloadText(name, await toSvg(drawing, label), 'image/svg+xml');
    else downloadText(name, await toPng(drawing), 'image/png');
  };
  return (
    <p className={classes.take}>
      {(['svg', 'png'] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          onClick={() => void save(kind)}
          aria-label={`${label} As ${kind.toUpperCase()}`}
        >
          {kind.toUpperCase()}
        </button>
      ))}
    </p>
  );
}
