// A mask as a file: text and JSON that the editor reads, and tensors for PyTorch.

import type { TokenLabel } from '../../../engine/core/tokens.ts';
import {
  gridAt,
  type MaskPlace,
  type MaskText,
  readMaskText,
  writeMaskText,
} from '../../../engine/masks/places.ts';
import type { CardFiles } from '../../charts/save/cardFiles.ts';
import { readGrid, writeGrid } from './grid.ts';

export interface MaskSize {
  tokens: number;
  blocks: number;
  heads: number;
}

/** A text in the form of a link, or null if one of its masks or places does not fit. */
export function readMask(text: string, { tokens, blocks, heads }: MaskSize): MaskText | null {
  const read = readMaskText(text);
  if (!read) return null;
  const tidy = (grid: string) => {
    const cells = readGrid(grid, tokens);
    return cells && writeGrid(cells);
  };
  const everywhere = tidy(read.everywhere);
  const places = read.places.flatMap(({ block, head, grid }): MaskPlace[] => {
    const own = tidy(grid);
    return own !== null && block < blocks && (head ?? 0) < heads ? [{ block, head, grid: own }] : [];
  });
  return everywhere === null || places.length < read.places.length ? null : { everywhere, places };
}

const lines = (grid: string): string[] => grid.split('/');

/** One query per line, for people and for this editor. */
export const textFile = (mask: MaskText): string =>
  `${writeMaskText(mask).replaceAll('@', '\n@').replaceAll(':', ':\n').replaceAll('/', '\n')}\n`;

export function jsonFile({ everywhere, places }: MaskText, tokens: readonly TokenLabel[]): string {
  const content = {
    rows: 'queries',
    columns: 'keys',
    x: 'blocked',
    tokens: tokens.map((t) => t.name),
    grid: lines(everywhere),
    places: places.map(({ block, head, grid }) => ({ block, head, grid: lines(grid) })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const isLines = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((line) => typeof line === 'string');

/** The mask text from the content of `jsonFile`, or null. A file that names its tokens must name these. */
function fromJson(text: string, names: readonly string[]): string | null {
  let content: { grid?: unknown; places?: unknown; tokens?: unknown };
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const { grid, places = [], tokens } = content;
  if (!isLines(grid) || !Array.isArray(places)) return null;
  if (isLines(tokens) && tokens.join('\n') !== names.join('\n')) return null;
  const exceptions = places.map((place: Partial<Record<'block' | 'head' | 'grid', unknown>> | null) =>
    place && typeof place.block === 'number' && isLines(place.grid)
      ? `@${place.block}${typeof place.head === 'number' ? `.${place.head}` : ''}:${place.grid.join('/')}`
      : '@',
  );
  return [grid.join('/'), ...exceptions].join('');
}

/** Reads files written by `jsonFile` and `textFile`. */
export function readFile(text: string, size: MaskSize, names: readonly string[]): MaskText | null {
  const asText = text.trimStart().startsWith('{') ? fromJson(text, names) : text.trim();
  return asText === null ? null : readMask(asText, size);
}

/** For `attn_mask` of `nn.MultiheadAttention`: True means may not be attended to. */
export function torchSnippet(mask: MaskText, { blocks, heads }: MaskSize): string {
  const numbers = (grid: string, indent: string) =>
    lines(grid)
      .map((line) => `${indent}[${Array.from(line, (c) => (c === 'x' ? 1 : 0)).join(', ')}],\n`)
      .join('');
  const about = '# rows are queries, columns are keys, True is blocked\nimport torch\n\n';
  if (mask.places.length === 0)
    return `${about}mask = torch.tensor([\n${numbers(mask.everywhere, '    ')}], dtype=torch.bool)\n`;
  const blockTensors = Array.from({ length: blocks }, (_, block) => {
    const grids = Array.from({ length: heads }, (_h, head) => gridAt(mask, block, head));
    const inner = grids.map((grid) => `        [\n${numbers(grid, '            ')}        ],\n`).join('');
    return `    torch.tensor([  # block ${block}, one [L, L] per head\n${inner}    ], dtype=torch.bool),\n`;
  });
  return `${about}# attn_mask of block i for a batch of B rows: masks[i].repeat(B, 1, 1), [B * heads, L, L]\nmasks = [\n${blockTensors.join('')}]\n`;
}

/** The editor's further file formats, besides picture and cells. */
export const maskFiles = (
  mask: MaskText,
  tokens: readonly TokenLabel[],
  size: MaskSize,
): NonNullable<CardFiles['more']> => [
  {
    label: 'JSON, to open again',
    fileName: 'mask.json',
    type: 'application/json',
    content: () => jsonFile(mask, tokens),
  },
  { label: 'Text', fileName: 'mask.txt', type: 'text/plain', content: () => textFile(mask) },
  {
    label: 'PyTorch',
    fileName: 'mask.py',
    type: 'text/x-python',
    content: () => torchSnippet(mask, size),
  },
];
