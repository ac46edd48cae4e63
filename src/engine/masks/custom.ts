// A mask cell by cell, as text that a person can read and write: one line per query, a dot where it may read the key, an x
// where it may not; lines are separated by slashes or line breaks.
import type { Issue } from '../core/errors.ts';
import type { MaskDef } from './mask.ts';

const OPEN = '.';
const BLOCKED = 'x';

const linesOf = (grid: string): string[] =>
  grid
    .trim()
    .split(/[/\n]/)
    .map((line) => line.trim());

/** @param mask - [L * L], or null for an open one */
export function gridText(mask: Uint8Array | null, numTokens: number): string {
  return Array.from({ length: numTokens }, (_, query) =>
    Array.from({ length: numTokens }, (_k, key) => (mask?.[query * numTokens + key] ? BLOCKED : OPEN)).join(
      '',
    ),
  ).join('/');
}

/**
 * Why a grid is no mask for these tokens.
 * @param name - of a token, for the message
 */
export function checkGrid(
  grid: string,
  numTokens: number,
  name: (token: number) => string,
  path: string,
): Issue[] {
  const lines = linesOf(grid);
  const refuse = (expected: string, got: string, remedy: string): Issue[] => [
    { path, expected, got, remedy },
  ];
  const shape = `${numTokens} lines of ${numTokens} cells, one per token`;
  const repaint = 'Paint the mask again in the Mask tab, or choose one of the others.';
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

export const custom: MaskDef = {
  id: 'custom',
  label: 'Painted',
  summary: 'A mask of your own, painted in the Mask tab.',
  citation:
    'Not in the paper; the open question of which task pairs should talk (Sinodinos et al. 2025, arXiv 2511.09970)',
  deviations: [],
  build(_numTaskTokens, numTokens, grid = '') {
    const mask = new Uint8Array(numTokens * numTokens);
    linesOf(grid).forEach((line, query) => {
      for (let key = 0; key < line.length; key++)
        if (line[key] === BLOCKED) mask[query * numTokens + key] = 1;
    });
    return mask.includes(1) ? mask : null;
  },
};
