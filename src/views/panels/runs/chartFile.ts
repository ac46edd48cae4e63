// A chart on screen as a file: its SVG with the colours of the page in the place of their variables, and the same as PNG.
import { downloadBlob, downloadText } from '../../charts/csv.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Pixels of a PNG per pixel on screen: 300 dots per inch at the size of the page. */
const PNG_SCALE = 3;
const INHERITED = ['font-family', 'font-size', 'font-weight', 'fill', 'stroke', 'text-anchor'] as const;

export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute('xmlns', NAMESPACE);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const style = getComputedStyle(originals[i] as Element);
    for (const name of INHERITED) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
    element.removeAttribute('style');
  });
  const surface = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
  const back = document.createElementNS(NAMESPACE, 'rect');
  back.setAttribute('width', '100%');
  back.setAttribute('height', '100%');
  back.setAttribute('fill', surface);
  copy.prepend(back);
  return new XMLSerializer().serializeToString(copy);
}

export async function saveChart(svg: SVGSVGElement, name: string, kind: 'svg' | 'png'): Promise<void> {
  const text = svgText(svg);
  if (kind === 'svg') {
    downloadText(`${name}.svg`, text, 'image/svg+xml');
    return;
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = PNG_SCALE * image.naturalWidth;
  canvas.height = PNG_SCALE * image.naturalHeight;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('png: expected a 2D canvas, got none. Save it as SVG.');
  context.scale(PNG_SCALE, PNG_SCALE);
  context.drawImage(image, 0, 0);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('png: expected a picture, got none. Save it as SVG.');
  downloadBlob(`${name}.png`, blob);
}
