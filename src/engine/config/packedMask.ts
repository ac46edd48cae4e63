// A painted mask in a link: a bit per cell instead of a character, as base64url. `_124.…` is a square of 124 tokens; exceptions
// follow @ as in the text (masks/places.ts). Short masks stay readable and editable in the address.

/** Precedes packed masks, and texts that start with this sign themselves. */
const MARK = '_';
/** Maximum length of an unpacked mask: about 16 tokens. */
const READABLE = 256;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const GRID = /^[.x]+(?:\/[.x]+)*$/;
const PLACED = /^(?:(\d{1,3}(?:\.\d{1,3})?):)?(.*)$/s;
const PACKED = /^(\d{1,4})\.([\w-]*)$/;

/** @returns a text that `unpackMask` restores exactly, for any input; the same text if packing would not shorten it */
export function packMask(text: string): string {
  if (text.startsWith(MARK)) return MARK + text;
  if (text.length <= READABLE) return text;
  const parts = text.split('@').map((part) => {
    const [, place, grid = ''] = PLACED.exec(part) ?? [];
    const packed = packGrid(grid);
    return packed === null ? null : (place === undefined ? '' : `${place}:`) + packed;
  });
  return parts.includes(null) ? text : MARK + parts.join('@');
}

/** A text that is not packed, or damaged, is returned unchanged: the mask's own check reports it. */
export function unpackMask(text: string): string {
  if (!text.startsWith(MARK)) return text;
  if (text.startsWith(MARK + MARK)) return text.slice(MARK.length);
  const parts = text
    .slice(MARK.length)
    .split('@')
    .map((part) => {
      const [, place, packed = ''] = PLACED.exec(part) ?? [];
      const grid = unpackGrid(packed);
      return grid === null ? null : (place === undefined ? '' : `${place}:`) + grid;
    });
  return parts.includes(null) ? text : parts.join('@');
}

/** Null for anything but a square of dots and crosses. */
function packGrid(grid: string): string | null {
  const lines = grid.split('/');
  const size = lines.length;
  if (size > 9999 || !GRID.test(grid) || lines.some((line) => line.length !== size)) return null;
  const cells = lines.join('');
  let packed = '';
  for (let at = 0; at < cells.length; at += 6) {
    let bits = 0;
    for (let i = 0; i < 6; i++) bits = 2 * bits + (cells[at + i] === 'x' ? 1 : 0);
    packed += ALPHABET[bits];
  }
  return `${size}.${packed}`;
}

function unpackGrid(packed: string): string | null {
  const [, sizeText = '', letters = ''] = PACKED.exec(packed) ?? [];
  const size = Number(sizeText);
  if (size === 0 || letters.length !== Math.ceil(size ** 2 / 6)) return null;
  const cells = Array.from(letters, (letter) =>
    ALPHABET.indexOf(letter).toString(2).padStart(6, '0').replaceAll('0', '.').replaceAll('1', 'x'),
  ).join('');
  return Array.from({ length: size }, (_, line) => cells.slice(line * size, (line + 1) * size)).join('/');
}
