// The bar of a colour scale; nothing for a scale without labelled ends.
import { ColorBar } from '../ColorBar.tsx';
import { useScheme } from '../parts/useScheme.ts';
import { type ColorScale, tableOfScale } from './colorScale.ts';

export function ScaleBar({ scale }: { scale: ColorScale }) {
  const scheme = useScheme();
  return scale.ends && <ColorBar table={tableOfScale(scale, scheme)} {...scale.ends} />;
}
