// A QR code as one path of SVG.

export interface Squares {
  /** Number of squares along a side, quiet zone included. */
  size: number;
  path: string;
}

/** @param rows - true is dark; adjacent dark squares of a row form one rectangle */
export function squaresOf(rows: readonly (readonly boolean[])[]): Squares {
  const parts: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      parts.push(`M${from} ${y}h${x - from + 1}v1h${from - x - 1}z`);
    }
  });
  return { size: rows.length, path: parts.join('') };
}
