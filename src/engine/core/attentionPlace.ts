// Places of attention: network, block, kind (between features or rows), and head. Places are plain data; only this file
// compares and names them and turns them into keys, and keys are never parsed.

/** `feature`: the tokens of a row attend to each other; `row`: the rows of a batch do. */
export const ATTENTION_KINDS = ['feature', 'row'] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** A layer of attention. */
export interface LayerPlace {
  /** The task that owns the network, or null if all tasks share one. */
  network: string | null;
  block: number;
  kind: AttentionKind;
}

/** A head of such a layer. */
export interface HeadPlace extends LayerPlace {
  head: number;
}

type Place = LayerPlace & { head?: number };

export const samePlace = (a: Place, b: Place): boolean =>
  a.network === b.network && a.block === b.block && a.kind === b.kind && a.head === b.head;

/** Distance of a head from the wanted one, ignoring the network: the kind counts most, then the block, then the head. */
export const distanceInNetwork = (
  a: Omit<HeadPlace, 'network'>,
  wanted: Omit<HeadPlace, 'network'>,
): number =>
  (a.kind === wanted.kind ? 0 : 1e6) +
  1e3 * Math.abs(a.block - wanted.block) +
  Math.abs(a.head - wanted.head);

/**
 * Key for maps, lists and files: `block0/feature`, `block0/feature/head1`, or `y1/block0/row/head0` in the network of task y1.
 */
export function placeKey({ network, block, kind, head }: Place): string {
  const layer = `${network === null ? '' : `${network}/`}block${block}/${kind}`;
  return head === undefined ? layer : `${layer}/head${head}`;
}

/** "feature attention of block 0" */
export const layerName = ({ block, kind }: Pick<LayerPlace, 'block' | 'kind'>): string =>
  `${kind} attention of block ${block}`;

/** "block 0, head 1" */
export const headName = ({ block, head }: Pick<HeadPlace, 'block' | 'head'>): string =>
  `block ${block}, head ${head}`;

/** "Block 0, head 1": title of a figure. */
export const headTitle = ({ block, head }: Pick<HeadPlace, 'block' | 'head'>): string =>
  `Block ${block}, head ${head}`;

/** "Block 0, feature attention, head 1": for screen readers. */
export const headLabel = ({ block, kind, head }: Omit<HeadPlace, 'network'>): string =>
  `Block ${block}, ${kind} attention, head ${head}`;

/** "block 0, head 1, between rows": for networks with both kinds. */
export const headNameWithKind = (place: Omit<HeadPlace, 'network'>): string =>
  `${headName(place)}${place.kind === 'row' ? ', between rows' : ''}`;

/** "0 · 1", "0 row · 1": on the axes of a figure. */
export const shortHeadName = ({ block, kind, head }: Omit<HeadPlace, 'network'>): string =>
  `${block}${kind === 'row' ? ' row' : ''} · ${head}`;
