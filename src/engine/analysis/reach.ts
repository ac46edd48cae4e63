// Possible influence through a whole network, from masks and layers only. A mask blocks one hop: with two blocks, task A
// reaches task B through a feature that A wrote to, and a layer between rows mixes everything.
import { headMasks } from '../masks/mask.ts';
import type { FlowLayer, TokenFlow } from '../models/model.ts';

/** One hop: after it, `reader` contains information from `source`. */
export interface Hop {
  block: number;
  kind: FlowLayer['kind'];
  source: number;
  reader: number;
}

export interface Reach {
  /**
   * Fewest hops from a token's embedding to a task's output, [tasks * tokens]; 0 = the tower reads the token, -1 = no path.
   */
  hops: Int16Array;
  /** Number of paths of that length, [tasks * tokens]; 0 = none. */
  ways: Float64Array;
  /** Whether other rows of the batch can influence the outputs. */
  acrossRows: boolean;
  /** A shortest path, empty for 0 hops; null if there is none. */
  path(task: number, token: number): Hop[] | null;
}

const NO_WAY = -1;

/** Works backwards from each output: T x layers x L^2. */
export function reachOf({ numTokens, layers, outputTokens }: TokenFlow): Reach {
  const hops = new Int16Array(outputTokens.length * numTokens).fill(NO_WAY);
  const ways = new Float64Array(outputTokens.length * numTokens);
  /** Per task and layer: the next token on a shortest path from each token before the layer. */
  const next: Int32Array[][] = [];
  outputTokens.forEach((output, task) => {
    let cost = new Float64Array(numTokens).fill(Number.POSITIVE_INFINITY);
    cost[output] = 0;
    let count = new Float64Array(numTokens);
    count[output] = 1;
    const own: Int32Array[] = [];
    for (const layer of [...layers].reverse()) {
      const before = cost.slice();
      const countBefore = count.slice();
      const to = Int32Array.from({ length: numTokens }, (_, token) => token);
      for (let source = 0; source < numTokens; source++) {
        for (let reader = 0; reader < numTokens; reader++) {
          const hop = (cost[reader] as number) + 1;
          if (hop > (before[source] as number) || !reads(layer, reader, source, numTokens)) continue;
          if (hop === before[source]) {
            if (Number.isFinite(hop)) countBefore[source] = (countBefore[source] ?? 0) + (count[reader] ?? 0);
            continue;
          }
          before[source] = hop;
          countBefore[source] = count[reader] ?? 0;
          to[source] = reader;
        }
      }
      own.unshift(to);
      cost = before;
      count = countBefore;
    }
    next.push(own);
    cost.forEach((value, token) => {
      if (!Number.isFinite(value)) return;
      hops[task * numTokens + token] = value;
      ways[task * numTokens + token] = count[token] ?? 0;
    });
  });
  return {
    hops,
    ways,
    acrossRows: layers.some((l) => l.kind === 'row' && l.acrossRows),
    path(task, token) {
      if (hops[task * numTokens + token] === NO_WAY) return null;
      const way: Hop[] = [];
      let at = token;
      layers.forEach((layer, l) => {
        const reader = next[task]?.[l]?.[at] as number;
        if (reader !== at) way.push({ block: layer.block, kind: layer.kind, source: at, reader });
        at = reader;
      });
      return way;
    },
  };
}

function reads(layer: FlowLayer, reader: number, source: number, numTokens: number): boolean {
  if (reader === source) return false;
  if (layer.kind === 'row' || layer.blocked === null) return true;
  // One head suffices, because the output projection mixes the heads.
  return headMasks(layer.blocked, numTokens).some((mask) => mask[reader * numTokens + source] === 0);
}

/**
 * "In block 0 x3 reads Task 1; in block 1 Task 2 reads x3. One of 6 ways as short." Blocks count from 0, as in tensor names.
 * @param ways - number of paths of this length
 */
export function describePath(path: readonly Hop[] | null, name: (token: number) => string, ways = 1): string {
  if (path === null) return 'There is no way through the masks.';
  if (path.length === 0) return 'The tower reads this token itself.';
  const steps = path.map(({ block, kind, source, reader }) =>
    kind === 'feature'
      ? `in block ${block} ${name(reader)} reads ${name(source)}`
      : `in the layer between rows of block ${block} ${name(reader)} meets ${name(source)}`,
  );
  const others = ways > 1 ? ` One of ${ways} ways as short.` : '';
  return `${steps.join('; ').replace(/^./, (c) => c.toUpperCase())}.${others}`;
}
