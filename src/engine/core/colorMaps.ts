// Colours as numbers: the sequential and the diverging map, and readable text on a coloured cell. Used by the page and by
// reports.

export type Rgb = readonly [red: number, green: number, blue: number];

export function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A table of 256 colours as bytes [256 * 3], linear between evenly spaced stops. */
function colorTable(stops: readonly string[]): Uint8ClampedArray {
  const colors = stops.map(parseHex);
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (colors.length - 1);
    const low = Math.min(Math.floor(at), colors.length - 2);
    for (let c = 0; c < 3; c++) {
      const from = colors[low]?.[c] ?? 0;
      const to = colors[low + 1]?.[c] ?? 0;
      table[i * 3 + c] = Math.round(from + (to - from) * (at - low));
    }
  }
  return table;
}

/** Viridis (Smith and van der Walt 2015) by twenty stops; interpolation deviates by at most 2/255. */
export const VIRIDIS = colorTable(
  (
    '#440154 #481567 #482677 #453781 #404788 #39568c #33638d #2d708e #287d8e #238a8d ' +
    '#1f968b #20a387 #29af7f #3cbb75 #55c667 #73d055 #95d840 #b8de29 #dce319 #fde725'
  ).split(' '),
);

/** Diverging map centred on zero, red to blue; the middle is close to the theme's surface. */
export const DIVERGING: Record<'light' | 'dark', Uint8ClampedArray> = {
  light: colorTable('#9e2a1f #d1664a #eeb49b #f5f5f3 #a9c9e4 #4b8fc4 #1c5a94'.split(' ')),
  dark: colorTable('#f6a58a #c9684d #6e3c33 #20252e #2c4d6e #4a8cc4 #9ccdf2'.split(' ')),
};

/** Entry `index` (0 to 255) of a colour table. */
export function tableColor(table: Uint8ClampedArray, index: number): Rgb {
  return [table[index * 3] ?? 0, table[index * 3 + 1] ?? 0, table[index * 3 + 2] ?? 0];
}

export const toCss = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** Relative luminance, WCAG 2.2. */
export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, 1 to 21, WCAG 2.2. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

// With lighter text, a mid-tone cell would have no text colour of 4.5:1.
const DARK_TEXT = '#050608';
const LIGHT_TEXT = '#ffffff';
/** White or near-black, whichever contrasts more with the cell. */
export function textOn(background: Rgb): string {
  return contrast(background, parseHex(DARK_TEXT)) >= contrast(background, parseHex(LIGHT_TEXT))
    ? DARK_TEXT
    : LIGHT_TEXT;
}
