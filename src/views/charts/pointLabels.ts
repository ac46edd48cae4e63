// Where the names of points stand in a plot, so that none covers another one.

export interface NamedPoint {
  name: string;
  /** Pixels. */
  x: number;
  y: number;
}

/** Position of the baseline's start or end. */
export interface LabelPlace {
  x: number;
  y: number;
  anchor: 'start' | 'end';
}

/** A letter of 11 px is about this wide. */
const LETTER = 6.2;
const HEIGHT = { above: 10, below: 3 };
/** Right above, left above, right below and left below a point. */
const SIDES = [
  { dx: 8, dy: -6, anchor: 'start' },
  { dx: -8, dy: -6, anchor: 'end' },
  { dx: 8, dy: 14, anchor: 'start' },
  { dx: -8, dy: 14, anchor: 'end' },
] as const;

/**
 * Places names beside their points, the first points first.
 * @param within - no name leaves it
 * @returns a place for each; null where every side of the point is taken, or the name is too long
 */
export function placeLabels(
  points: readonly NamedPoint[],
  within: { left: number; right: number; top: number; bottom: number },
): (LabelPlace | null)[] {
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  return points.map(({ name, x, y }) => {
    for (const { dx, dy, anchor } of SIDES) {
      const place = { x: x + dx, y: y + dy, anchor };
      const left = anchor === 'start' ? place.x : place.x - LETTER * name.length;
      const box = {
        left,
        right: left + LETTER * name.length,
        top: place.y - HEIGHT.above,
        bottom: place.y + HEIGHT.below,
      };
      const isInside =
        box.left >= within.left &&
        box.right <= within.right &&
        box.top >= within.top &&
        box.bottom <= within.bottom;
      const isFree = taken.every(
        (own) =>
          own.left >= box.right || own.right <= box.left || own.top >= box.bottom || own.bottom <= box.top,
      );
      if (!isInside || !isFree) continue;
      taken.push(box);
      return place;
    }
    return null;
  });
}
