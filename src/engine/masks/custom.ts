// A mask cell by cell, as readable text: one line per query, a dot where it may read the key, an x where it may not; lines are
// separated by slashes or line breaks. Blocks and heads may differ: see places.ts.
import type { Issue } from '../core/errors.ts';
import type { MaskDef } from './mask.ts';
import { checkPlaces, gridAt, placeName, readMaskText, writeMaskText } from './places.ts';

const OPEN = '.';
const BLOCKED = 'x';

const linesOf = (grid: string): string[] =>
  grid
    .trim()
    .split(/[/\n]/)
    .map((line) => line.trim());

/** @param mask - [L * L], or null for no mask */
export function gridText(mask: Uint8Array | null, numTokens: number): string {
  return Array.from({ length: numTokens }, (_, query) =>
    Array.from({ length: numTokens }, (_k, key) => (mask?.[query * numTokens + key] ? BLOCKED : OPEN)).join(
      '',
    ),
  ).join('/');
}

/** The same mask for a subset of its tokens, in the given order; a text that is not a mask is returned unchanged. */
export function keepTokens(text: string, tokens: readonly number[]): string {
  const read = readMaskText(text);
  if (!read) return text;
  const cut = (grid: string) => {
    const lines = linesOf(grid);
    return tokens.map((query) => tokens.map((key) => lines[query]?.[key] ?? '').join('')).join('/');
  };
  return writeMaskText({
    everywhere: cut(read.everywhere),
    places: read.places.map((place) => ({ ...place, grid: cut(place.grid) })),
  });
}

/** The size that a mask must have. */
export interface MaskSize {
  numTokens: number;
  blocks: number;
  heads: number;
  /** Name of a token, for messages. */
  name(token: number): string;
}

/** Issues of a text as mask of a network; empty if it fits. */
export function checkMask(text: string, { numTokens, blocks, heads, name }: MaskSize, path: string): Issue[] {
  const issues = checkPlaces(text, blocks, heads, path);
  const read = readMaskText(text);
  if (issues.length > 0 || !read) return issues;
  return [
    ...checkGrid(read.everywhere, numTokens, name, path),
    ...read.places.flatMap((place) =>
      checkGrid(place.grid, numTokens, name, `${path}, at block ${placeName(place).replace('.', ' head ')}`),
    ),
  ];
}

/**
 * Issues of a grid as mask for these tokens.
 * @param name - of a token, for messages
 */
function checkGrid(grid: string, numTokens: number, name: (token: number) => string, path: string): Issue[] {
  const lines = linesOf(grid);
  const refuse = (expected: string, got: string, remedy: string): Issue[] => [
    { path, expected, got, remedy },
  ];
  const shape = `${numTokens} lines of ${numTokens} cells, one per token`;
  const repaint = 'Paint the mask again in the Masks tab, or choose one of the others.';
  if (grid.trim() === '') return refuse(shape, 'nothing', repaint);
  const strange = /[^.x]/.exec(lines.join(''));
  if (strange) return refuse('dots (may read) and x (may not)', `"${strange[0]}"`, 'Correct the text.');
  const odd = lines.find((line) => line.length !== numTokens);
  if (lines.length !== numTokens || odd !== undefined) {
    const got =
      odd === undefined ? `${lines.length} lines` : `${lines.length} lines, one of ${odd.length} cells`;
    return refuse(shape, got, `The table or the task tokens have changed. ${repaint}`);
  }
  const closed = lines.findIndex((line) => !line.includes(OPEN));
  if (closed < 0) return [];
  return refuse(
    'at least one open key for every query',
    `none for ${name(closed)}`,
    'Open one of its cells.',
  );
}

/** [L * L], 1 = blocked. */
function cellsOf(grid: string, numTokens: number): Uint8Array {
  const mask = new Uint8Array(numTokens * numTokens);
  linesOf(grid).forEach((line, query) => {
    for (let key = 0; key < line.length; key++) if (line[key] === BLOCKED) mask[query * numTokens + key] = 1;
  });
  return mask;
}

export const custom: MaskDef = {
  id: 'custom',
  label: 'Painted',
  summary: 'A mask of your own, painted in the Masks tab.',
  citation:
    'Not in the paper; the open question of which task pairs should talk (Sinodinos et al. 2025, arXiv 2511.09970)',
  deviations: [],
  build({ numTokens, block, heads, text }) {
    const read = readMaskText(text);
    if (!read) return null;
    const differ = read.places.some((p) => p.block === block && p.head !== null);
    const grids = differ
      ? Array.from({ length: heads }, (_, head) => gridAt(read, block, head))
      : [gridAt(read, block, null)];
    const size = numTokens * numTokens;
    const mask = new Uint8Array(grids.length * size);
    grids.forEach((grid, i) => {
      mask.set(cellsOf(grid, numTokens), i * size);
    });
    return mask.includes(1) ? mask : null;
  },
};
