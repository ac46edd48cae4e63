// Masks that differ between blocks or heads, as text: the default mask, then exceptions, each after an @ with its block, or
// block and head: ".x/x.@1:../..@1.0:.x/.." Counting starts at 0.
import type { Issue } from '../core/errors.ts';

/** A mask for one block, or for one head of it. */
export interface MaskPlace {
  block: number;
  /** Null for all heads of the block. */
  head: number | null;
  grid: string;
}

export interface MaskText {
  /** The default mask. */
  everywhere: string;
  places: MaskPlace[];
}

const PLACE = /^(\d{1,3})(?:\.(\d{1,3}))?:(.*)$/s;

/** @returns the parts, or null if an exception does not name its place */
export function readMaskText(text: string): MaskText | null {
  const [everywhere = '', ...rest] = text.split('@');
  const places: MaskPlace[] = [];
  for (const part of rest) {
    const match = PLACE.exec(part);
    if (!match) return null;
    const [, block, head, grid = ''] = match;
    places.push({ block: Number(block), head: head === undefined ? null : Number(head), grid });
  }
  return { everywhere, places };
}

export const placeName = ({ block, head }: Pick<MaskPlace, 'block' | 'head'>): string =>
  head === null ? String(block) : `${block}.${head}`;

export const writeMaskText = ({ everywhere, places }: MaskText): string =>
  [everywhere, ...places.map((place) => `${placeName(place)}:${place.grid}`)].join('@');

/** The mask at a place: its own exception, that of its block, or the default. */
export function gridAt({ everywhere, places }: MaskText, block: number | null, head: number | null): string {
  const own = places.find((p) => p.block === block && p.head === head);
  const ofBlock = places.find((p) => p.block === block && p.head === null);
  return (own ?? ofBlock)?.grid ?? everywhere;
}

/** Where a mask applies: everywhere (block null), in a block (head null), or in a head of a block. */
export interface Place {
  block: number | null;
  head: number | null;
}

const isAt =
  ({ block, head }: Place) =>
  (p: MaskPlace) =>
    p.block === block && p.head === head;

export const hasOwnMask = ({ places }: MaskText, place: Place): boolean => places.some(isAt(place));

/** Sets the mask at a place; null removes the exception, so that the place follows its block or the default again. */
export function withGrid(text: MaskText, place: Place, grid: string | null): MaskText {
  const { block, head } = place;
  if (block === null) return { ...text, everywhere: grid ?? text.everywhere };
  const others = text.places.filter((p) => !isAt(place)(p));
  const places = grid === null ? others : [...others, { block, head, grid }];
  return { ...text, places: places.sort((a, b) => a.block - b.block || (a.head ?? -1) - (b.head ?? -1)) };
}

/** Issues of exceptions that do not fit a network of this size; empty if all do. */
export function checkPlaces(text: string, blocks: number, heads: number, path: string): Issue[] {
  const read = readMaskText(text);
  const remedy = 'Paint the mask again in the Masks tab, or remove the exception.';
  if (!read)
    return [
      { path, expected: 'exceptions such as @0:… (block) or @0.1:… (block and head)', got: text, remedy },
    ];
  const names = read.places.map(placeName);
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined)
    return [{ path, expected: 'one mask per place', got: `two for @${twice}`, remedy }];
  const beyond = read.places.find((p) => p.block >= blocks || (p.head ?? 0) >= heads);
  if (!beyond) return [];
  return [
    {
      path,
      expected: `exceptions for ${blocks === 1 ? 'block 0' : `blocks 0 to ${blocks - 1}`} and heads 0 to ${heads - 1}`,
      got: `@${placeName(beyond)}`,
      remedy: `The model has fewer blocks or heads than when the mask was painted. ${remedy}`,
    },
  ];
}
