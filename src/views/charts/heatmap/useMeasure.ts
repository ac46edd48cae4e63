// How wide a text on an axis is, before and after the fonts have loaded.
import { useEffect, useMemo, useState } from 'react';
import { AXIS_FONT, setAxisFont } from './drawAxis.ts';

/** A context of the page, as only those see the fonts that axes are drawn with; a new one per revision. */
function measuringContext(revision: number): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = 1 + revision;
  return canvas.getContext('2d');
}

/** Width of texts on an axis; changes identity when the fonts have loaded. */
export function useMeasure(): (text: string) => number {
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    let isMounted = true;
    document.fonts.load(AXIS_FONT).then(() => isMounted && setRevision(1));
    return () => {
      isMounted = false;
    };
  }, []);
  return useMemo(() => {
    const context = measuringContext(revision);
    return (text: string) => {
      if (!context) return text.length * 6;
      setAxisFont(context);
      return context.measureText(text).width;
    };
  }, [revision]);
}
