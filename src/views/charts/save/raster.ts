// Renders an SVG text as PNG in print quality. An SVG image cannot use the page's fonts, so the font is embedded.
import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { PRINT_SCALE } from '../heatmap/drawCells.ts';

/** Some browsers draw no larger canvas. */
const MOST_PIXELS = 8192;

const dataUrl = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

async function withFont(svg: string): Promise<string> {
  const font = await dataUrl(await (await fetch(interUrl)).blob());
  const style = `<style>@font-face{font-family:"Inter Variable";font-weight:100 900;src:url(${font})}</style>`;
  return svg.replace('<title>', `${style}<title>`);
}

/** @throws Error if the browser gives no canvas */
export async function pngOf(
  svg: string,
  { width, height }: { width: number; height: number },
): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await withFont(svg))}`;
  await image.decode();
  const scale = Math.min(PRINT_SCALE, MOST_PIXELS / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.ceil(scale * width), Math.ceil(scale * height));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('PNG: expected a canvas to draw on, got none. Save the picture as SVG.');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
