// Axes: round ticks, domains and positions in pixels, for our own charts and for recharts.

/** The smallest round number that is at least `raw`: 1, 2, 2.5 or 5 times a power of ten. */
function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((f) => f * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface Ticks {
  /** The domain widened to whole steps. */
  domain: [number, number];
  ticks: number[];
  step: number;
}

/** Round ticks that cover [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number): Ticks {
  if (!(high > low)) {
    const pad = Math.abs(low) || 1;
    return linearTicks(low - pad / 2, low + pad / 2, count);
  }
  const step = roundStep((high - low) / Math.max(1, count));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return { domain: [ticks[0] as number, ticks.at(-1) as number], ticks, step };
}

/** Powers of ten that cover [low, high]; both must be positive. */
export function logTicks(low: number, high: number, count: number): Ticks {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const stride = Math.max(1, Math.ceil((last - first) / count));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += stride) ticks.push(10 ** power);
  return { domain: [10 ** first, 10 ** last], ticks, step: Number.NaN };
}

/** Ticks of a step axis from 0 to `last`, none beyond it: the axis ends where the data ends. */
export function stepTicks(last: number, count: number): { domain: [number, number]; ticks: number[] } {
  const end = Math.max(1, last);
  const step = Math.max(1, roundStep(end / Math.max(1, count)));
  const ticks: number[] = [];
  for (let tick = 0; tick <= end; tick += step) ticks.push(tick);
  return { domain: [0, end], ticks: ticks.filter(Number.isInteger) };
}

/** A digit of 11 px is about this wide. */
const DIGIT = 6.7;

/** Width of a label of 11 px, CSS pixels. */
export const labelWidth = (label: string): number => DIGIT * label.length;

/**
 * Which of the labels along an axis are shown, so that none touches another one: the last, and before it each that has room.
 * @param centres - positions in ascending order
 * @param gap - least space between two labels
 */
export function labelsApart(labels: readonly string[], centres: readonly number[], gap = 8): boolean[] {
  const shown = labels.map(() => false);
  let next = Number.POSITIVE_INFINITY;
  for (let i = labels.length - 1; i >= 0; i--) {
    const half = labelWidth(labels[i] as string) / 2;
    const centre = centres[i] as number;
    if (centre + half + gap > next) continue;
    shown[i] = true;
    next = centre - half;
  }
  return shown;
}

/**
 * Moves labels apart so that neighbours are at least `gap` apart and all stay within [low, high].
 * @param wanted - positions in any order
 * @returns positions in the same order; closest to the wanted ones if there is room
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const room = high - low;
  const distance = Math.min(gap, order.length > 1 ? room / (order.length - 1) : gap);
  // Touching labels are placed as one block, centred at the mean of their wanted positions.
  const blocks: { members: number[]; start: number }[] = [];
  const place = (members: number[]) => {
    const centre =
      members.reduce((sum, m, i) => sum + (wanted[m] as number) - i * distance, 0) / members.length;
    return Math.min(Math.max(centre, low), high - (members.length - 1) * distance);
  };
  for (const index of order) {
    let block = { members: [index], start: place([index]) };
    for (
      let last = blocks.at(-1);
      last && last.start + last.members.length * distance > block.start;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      const members = [...last.members, ...block.members];
      block = { members, start: place(members) };
    }
    blocks.push(block);
  }
  const placed = new Array<number>(wanted.length);
  for (const { members, start } of blocks) {
    members.forEach((member, i) => {
      placed[member] = start + i * distance;
    });
  }
  return placed;
}
