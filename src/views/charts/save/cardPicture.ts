// A card as SVG, as laid out on screen: its words, boxes, borders and drawings, without its controls, of which only what is
// chosen is shown; on white in either theme, and including scrolled content. Text stays text, and lines stay lines.
import { wrap } from '../heatmap/figure.ts';
import { printOf } from './figures.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Selectors of controls, which are left out of the picture; in a table, the label of a box is the name of its row. */
const CONTROLS =
  'input:not([type=number], [type=text], :not([type])), textarea, fieldset:not(:has(input:checked)), :is(label, span):not(td *, th *, fieldset *):has(> input), [data-control]';
const SCHEME = 'data-mantine-color-scheme';
const PAD = 14;
/** A letter of 12 px is about this wide. */
const LETTER = 6.6;
const NOTE = { size: 11, line: 16, color: '#5b6573' };
/** Distance from the top of a line's box to its baseline, as a share of the height: from Inter's ascent and descent. */
const BASE_LINE = 0.8;
/** Properties of an SVG drawing that come from style sheets and must be copied. */
const PAINT = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'visibility',
] as const;

export interface CardPicture {
  svg: string;
  width: number;
  height: number;
}

const markup = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const round = (value: number) => Math.round(100 * value) / 100;
const isClear = (color: string) => color === 'transparent' || /^rgba\(.*, 0\)$/.test(color);

/** Colours at equal distances of a `linear-gradient(to right, ...)`, or null. */
function gradientStops(image: string): string[] | null {
  if (!/^linear-gradient\((to right|90deg),/.test(image)) return null;
  return image.match(/rgba?\([^)]*\)/g);
}

/** The shapes collected so far, and their extent. */
class Shapes {
  readonly parts: string[] = [];
  readonly defs: string[] = [];
  /** Elements that lie above others on screen, painted last. */
  readonly above: Element[] = [];
  right = 0;
  bottom = 0;

  constructor(
    private readonly left: number,
    private readonly top: number,
  ) {}

  /** Position of a box of the page in the picture. */
  place(box: DOMRect) {
    this.right = Math.max(this.right, box.right - this.left);
    this.bottom = Math.max(this.bottom, box.bottom - this.top);
    return {
      x: round(box.left - this.left),
      y: round(box.top - this.top),
      width: round(box.width),
      height: round(box.height),
    };
  }

  rect(box: DOMRect, paint: string, radius = 0): void {
    const { x, y, width, height } = this.place(box);
    const corners = radius > 0 ? ` rx="${round(Math.min(radius, width / 2, height / 2))}"` : '';
    this.parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}"${corners} ${paint}/>`);
  }

  gradient(stops: readonly string[]): string {
    const id = `g${this.defs.length}`;
    const marks = stops.map(
      (color, i) => `<stop offset="${round(i / Math.max(1, stops.length - 1))}" stop-color="${color}"/>`,
    );
    this.defs.push(`<linearGradient id="${id}">${marks.join('')}</linearGradient>`);
    return `url(#${id})`;
  }
}

function radiusOf(style: CSSStyleDeclaration, box: DOMRect): number {
  const radius = style.borderTopLeftRadius;
  return radius.endsWith('%')
    ? (Number.parseFloat(radius) / 100) * Math.min(box.width, box.height)
    : Number.parseFloat(radius) || 0;
}

const SIDES = ['Top', 'Right', 'Bottom', 'Left'] as const;

function paintBox(shapes: Shapes, box: DOMRect, style: CSSStyleDeclaration): void {
  if (box.width === 0 || box.height === 0) {
    if (!SIDES.some((side) => Number.parseFloat(style[`border${side}Width`]) > 0)) return;
  }
  const radius = radiusOf(style, box);
  const stops = gradientStops(style.backgroundImage);
  if (stops) shapes.rect(box, `fill="${shapes.gradient(stops)}"`, radius);
  else if (style.backgroundImage.startsWith('repeating-linear-gradient'))
    shapes.rect(box, 'fill="url(#hatch)"', radius);
  else if (!isClear(style.backgroundColor)) shapes.rect(box, `fill="${style.backgroundColor}"`, radius);
  const borders = SIDES.map((side) => ({
    width: style[`border${side}Style`] === 'none' ? 0 : Number.parseFloat(style[`border${side}Width`]),
    color: style[`border${side}Color`],
    dash: style[`border${side}Style`] === 'dashed' ? ' stroke-dasharray="4 3"' : '',
  }));
  const [first] = borders;
  if (!first) return;
  const stroke = ({ width, color, dash }: typeof first) =>
    `fill="none" stroke="${color}" stroke-width="${width}"${dash}`;
  if (borders.every((b) => b.width === first.width && b.color === first.color)) {
    if (first.width === 0 || isClear(first.color)) return;
    const half = first.width / 2;
    const inner = new DOMRect(
      box.x + half,
      box.y + half,
      Math.max(0, box.width - first.width),
      Math.max(0, box.height - first.width),
    );
    shapes.rect(inner, stroke(first), Math.max(0, radius - half));
    return;
  }
  const { x, y, width, height } = shapes.place(box);
  borders.forEach((border, side) => {
    if (border.width === 0 || isClear(border.color)) return;
    const half = border.width / 2;
    const [x1, y1, x2, y2] = [
      [x, y + half, x + width, y + half],
      [x + width - half, y, x + width - half, y + height],
      [x, y + height - half, x + width, y + height - half],
      [x + half, y, x + half, y + height],
    ][side] as [number, number, number, number];
    shapes.parts.push(`<path d="M${x1} ${y1}L${x2} ${y2}" ${stroke(border)}/>`);
  });
}

interface Piece {
  text: string;
  box: DOMRect;
}

/** The pieces of a word: one, or letter by letter where it is too long for a line. */
function piecesOf(node: Text, word: string, start: number): Piece[] {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, start + word.length);
  if (range.getClientRects().length <= 1) return [{ text: word, box: range.getBoundingClientRect() }];
  let at = start;
  return [...word].map((letter) => {
    range.setStart(node, at);
    at += letter.length;
    range.setEnd(node, at);
    return { text: letter, box: range.getBoundingClientRect() };
  });
}

/** The words of a text node, broken into lines as on screen. */
function paintText(shapes: Shapes, node: Text, style: CSSStyleDeclaration): void {
  const lines: Piece[] = [];
  for (const word of node.data.matchAll(/\S+/g)) {
    for (const [i, { text, box }] of piecesOf(node, word[0], word.index).entries()) {
      if (box.width === 0) continue;
      const last = lines.at(-1);
      if (last && Math.abs(last.box.top - box.top) < 2) {
        last.text += i === 0 ? ` ${text}` : text;
        const [left, right] = [Math.min(last.box.left, box.left), Math.max(last.box.right, box.right)];
        last.box = new DOMRect(left, last.box.y, right - left, last.box.height);
      } else lines.push({ text, box });
    }
  }
  const look = `font-size="${style.fontSize}" font-weight="${style.fontWeight}" fill="${style.color}"`;
  for (const { text, box } of lines) {
    const { x, y, width, height } = shapes.place(box);
    const family = style.fontFamily.includes('Mono') ? ` font-family="${markup(style.fontFamily)}"` : '';
    shapes.parts.push(
      // Where the font is missing, another one has the same width, and no word runs into the next.
      `<text x="${x}" y="${round(y + BASE_LINE * height)}" textLength="${width}" lengthAdjust="spacingAndGlyphs" ${look}${family}>${markup(text)}</text>`,
    );
  }
}

/** The choice of a control, in its place. */
function paintChoice(shapes: Shapes, element: HTMLElement, words: string): void {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || words === '') return;
  const style = getComputedStyle(element);
  const size = Number.parseFloat(style.fontSize);
  const { x, y, height } = shapes.place(box);
  const left = round(x + Number.parseFloat(style.paddingLeft));
  const baseline = round(y + height / 2 + 0.36 * size);
  shapes.parts.push(
    `<text x="${left}" y="${baseline}" font-size="${style.fontSize}" font-weight="500" fill="${style.color}">${markup(words)}</text>`,
  );
}

/** The chosen one of several words, after their name if there is room. */
function choiceOf(group: HTMLFieldSetElement): string {
  const chosen = group.querySelector('label:has(input:checked)')?.textContent?.trim() ?? '';
  const named = `${group.querySelector('legend')?.textContent?.trim() ?? ''}: ${chosen}`;
  return named.length * LETTER <= group.getBoundingClientRect().width ? named : chosen;
}

/** A drawing that is SVG already, with its style sheet values inlined. */
function paintSvg(shapes: Shapes, svg: SVGSVGElement): void {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  copies.forEach((element, i) => {
    const style = getComputedStyle(originals[i] as Element);
    for (const name of PAINT) {
      const value = style.getPropertyValue(name);
      if (value !== '') element.setAttribute(name, value);
    }
    element.removeAttribute('class');
    element.removeAttribute('style');
  });
  // What follows the pointer is no part of the picture.
  for (const [i, original] of originals.entries())
    if (original.matches('.recharts-tooltip-cursor, .recharts-active-dot')) copies[i]?.remove();
  const { x, y, width, height } = shapes.place(svg.getBoundingClientRect());
  const place = { x, y, width, height, overflow: 'visible' };
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
  copy.setAttribute('xmlns', NAMESPACE);
  shapes.parts.push(new XMLSerializer().serializeToString(copy));
}

function paint(shapes: Shapes, element: Element, isAbove = false): void {
  const style = getComputedStyle(element);
  const isUnseen = style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0';
  // For screen readers only.
  if (isUnseen || style.clipPath.startsWith('inset(50%')) return;
  if (!isAbove && Number.parseInt(style.zIndex, 10) > 0) {
    shapes.above.push(element);
    return;
  }
  if (element instanceof SVGSVGElement) {
    paintSvg(shapes, element);
    return;
  }
  if (element instanceof HTMLSelectElement) {
    paintChoice(shapes, element, element.selectedOptions[0]?.text ?? '');
    return;
  }
  if (element instanceof HTMLInputElement) {
    paintChoice(shapes, element, element.value);
    return;
  }
  if (element instanceof HTMLFieldSetElement) {
    paintChoice(shapes, element, choiceOf(element));
    return;
  }
  const box = element.getBoundingClientRect();
  if (element instanceof HTMLCanvasElement) {
    const { x, y, width, height } = shapes.place(box);
    const image = printOf(element) ?? element;
    shapes.parts.push(
      `<image x="${x}" y="${y}" width="${width}" height="${height}" href="${image.toDataURL()}"/>`,
    );
    return;
  }
  const opacity = style.opacity === '1' ? null : style.opacity;
  if (opacity) shapes.parts.push(`<g opacity="${opacity}">`);
  paintBox(shapes, box, style);
  for (const child of element.childNodes) {
    if (child instanceof Element) paint(shapes, child);
    else if (child instanceof Text) paintText(shapes, child, style);
  }
  if (opacity) shapes.parts.push('</g>');
}

/** Does `work` while the card is laid out in full, without controls and in light colours; nothing of it reaches the screen. */
function laidOut<T>(card: HTMLElement, work: () => T): T {
  const root = document.documentElement;
  const scheme = root.getAttribute(SCHEME);
  const scrolled = [card, ...card.querySelectorAll<HTMLElement>('*')].filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    return /auto|scroll/.test(overflowX + overflowY);
  });
  const places = scrolled.map(({ scrollLeft, scrollTop }) => ({ left: scrollLeft, top: scrollTop }));
  const before = scrolled.map(({ style }) => [style.maxHeight, style.height, style.overflow] as const);
  const set = (element: HTMLElement, [maxHeight, height, overflow]: readonly [string, string, string]) =>
    Object.assign(element.style, { maxHeight, height, overflow });
  const controls = [...card.querySelectorAll<HTMLElement>(CONTROLS)];
  const displays = controls.map(({ style }) => style.display);
  root.setAttribute(SCHEME, 'light');
  for (const { style } of controls) style.display = 'none';
  for (const element of scrolled) set(element, ['none', 'auto', 'visible']);
  try {
    return work();
  } finally {
    if (scheme === null) root.removeAttribute(SCHEME);
    else root.setAttribute(SCHEME, scheme);
    controls.forEach(({ style }, i) => {
      style.display = displays[i] ?? '';
    });
    scrolled.forEach((element, i) => {
      set(element, before[i] ?? ['', '', '']);
      element.scrollTo(places[i] ?? {});
    });
  }
}

/** @param note - shown at the bottom: the run that it belongs to */
export function pictureOf(card: HTMLElement, title: string, note: string): CardPicture {
  return laidOut(card, () => {
    const box = card.getBoundingClientRect();
    const shapes = new Shapes(box.left, box.top);
    for (const child of card.children) paint(shapes, child);
    for (const element of shapes.above) paint(shapes, element, true);
    const width = Math.ceil(Math.max(box.width, shapes.right + PAD));
    const bottom = Math.max(shapes.bottom, 0) + PAD;
    const lines = note === '' ? [] : wrap(note, Math.floor((width - 2 * PAD) / 5.8));
    const below = lines.map(
      (line, i) =>
        `<text x="${PAD}" y="${round(bottom + 8 + i * NOTE.line)}" font-size="${NOTE.size}" fill="${NOTE.color}">${markup(line)}</text>`,
    );
    const height = Math.ceil(bottom + lines.length * NOTE.line + 4);
    const svg = [
      `<svg xmlns="${NAMESPACE}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter Variable, Inter, Helvetica, Arial, sans-serif" style="font-variant-numeric:tabular-nums">`,
      `<title>${markup(title)}</title>`,
      `<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" stroke="#aeb7c3" stroke-width="1.3"/></pattern>${shapes.defs.join('')}</defs>`,
      '<rect width="100%" height="100%" fill="#ffffff"/>',
      ...shapes.parts,
      ...below,
      '</svg>',
      '',
    ].join('\n');
    return { svg, width, height };
  });
}
