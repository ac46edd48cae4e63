// Sparse gates: the logits that a gate keeps, the routes of rows to experts, and the rows on their way. Routes are a table of
// floats, per expert the number of its rows, their indices (then those of the others), and the place of each row, -1 for none.
import { addScaled } from './math';

/** Bytes per expert in the table of routes. */
@inline
export function routeStride(rows: i32): usize {
  return (1 + 2 * <usize>rows) << 2;
}

/**
 * First byte of an expert's result for a row. Without routes experts stand side by side, [rows, numExperts * width]. With them
 * [numExperts, rows, width], where the table of routes has the place of the row, and 0 if there is none.
 */
@inline
export function resultOf(experts: usize, routes: usize, expert: usize, r: i32, rows: i32, numExperts: i32, bytes: usize): usize {
  if (!routes) return experts + (<usize>r * <usize>numExperts + expert) * bytes;
  const place = load<f32>(routes + expert * routeStride(rows) + (<usize>(1 + rows + r) << 2));
  return place < 0 ? 0 : experts + (expert * <usize>rows + <usize>place) * bytes;
}

/**
 * kept [rows, total] = the `top` largest logits of each gate, the first of equal ones, `closed` elsewhere. NaN is kept, so that it
 * shows. sizes: the number of logits per gate, and behind them memory for `top` integers.
 */
export function topGates(
  logits: usize, kept: usize, sizes: usize, rows: i32, numGates: i32, top: i32, closed: f32,
): void {
  const best = sizes + (<usize>numGates << 2);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < numGates; g++) {
      const size = load<i32>(sizes + (<usize>g << 2));
      let filled = 0;
      for (let i = 0; i < size; i++) {
        const at = <usize>i << 2;
        const value = load<f32>(logits + at);
        const isNumber = value == value;
        store<f32>(kept + at, isNumber ? closed : value);
        if (!isNumber) continue;
        if (filled == top && !(value > load<f32>(logits + load<u32>(best + (<usize>(top - 1) << 2))))) continue;
        // From the last of the best: all behind a smaller one move down, and the last of `top` drops out.
        let place = <usize>(filled < top ? filled++ : top - 1) << 2;
        while (place && value > load<f32>(logits + load<u32>(best + place - 4))) {
          store<u32>(best + place, load<u32>(best + place - 4));
          place -= 4;
        }
        store<u32>(best + place, <u32>at);
      }
      for (let k = 0; k < filled; k++) {
        const at = <usize>load<u32>(best + (<usize>k << 2));
        store<f32>(kept + at, load<f32>(logits + at));
      }
      logits += <usize>size << 2;
      kept += <usize>size << 2;
    }
  }
}

/** kept [rows, total] -> table [numExperts, 1 + 2 * rows]. expertOf: the expert of each logit. */
export function makeRoutes(
  kept: usize, table: usize, expertOf: usize, rows: i32, total: i32, numExperts: i32, openFrom: f32,
): void {
  const stride = routeStride(rows);
  const places = (1 + <usize>rows) << 2;
  for (let e = 0; e < numExperts; e++) {
    const own = table + <usize>e * stride;
    store<f32>(own, 0);
    for (let r = 0; r < rows; r++) store<f32>(own + places + (<usize>r << 2), -1);
  }
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < total; i++, kept += 4) {
      if (load<f32>(kept) <= openFrom) continue;
      const own = table + <usize>load<i32>(expertOf + (<usize>i << 2)) * stride;
      const place = own + places + (<usize>r << 2);
      if (load<f32>(place) >= 0) continue;
      const count = load<f32>(own);
      store<f32>(place, count);
      store<f32>(own + ((1 + <usize>count) << 2), <f32>r);
      store<f32>(own, count + 1);
    }
  }
  for (let e = 0; e < numExperts; e++) {
    const own = table + <usize>e * stride;
    let next = own + ((1 + <usize>load<f32>(own)) << 2);
    for (let r = 0; r < rows; r++) {
      if (load<f32>(own + places + (<usize>r << 2)) >= 0) continue;
      store<f32>(next, <f32>r);
      next += 4;
    }
  }
}

/** x [rows, slots * width] -> y [numExperts, rows, width]: of each expert its rows at the top, from the columns `slotOf` lists. */
export function gatherRows(
  x: usize, y: usize, routes: usize, slotOf: usize, rows: i32, numExperts: i32, slots: i32, width: i32,
): void {
  const bytes = <usize>width << 2;
  for (let e = 0; e < numExperts; e++) {
    const count = <i32>load<f32>(routes);
    const from = x + <usize>load<i32>(slotOf + (<usize>e << 2)) * bytes;
    for (let m = 0; m < count; m++) {
      const row = <usize>load<f32>(routes + (<usize>(1 + m) << 2));
      memory.copy(y + <usize>m * bytes, from + row * <usize>slots * bytes, bytes);
    }
    routes += routeStride(rows);
    y += <usize>rows * bytes;
  }
}

/** The way back: x [rows, slots * width] = the sums of y [numExperts, rows, width] over the experts of a slot. */
export function scatterRows(
  y: usize, x: usize, routes: usize, slotOf: usize, rows: i32, numExperts: i32, slots: i32, width: i32,
): void {
  const bytes = <usize>width << 2;
  memory.fill(x, 0, <usize>rows * <usize>slots * bytes);
  for (let e = 0; e < numExperts; e++) {
    const count = <i32>load<f32>(routes);
    const to = x + <usize>load<i32>(slotOf + (<usize>e << 2)) * bytes;
    for (let m = 0; m < count; m++) {
      const row = <usize>load<f32>(routes + (<usize>(1 + m) << 2));
      addScaled(to + row * <usize>slots * bytes, y + <usize>m * bytes, 1, width);
    }
    routes += routeStride(rows);
    y += <usize>rows * bytes;
  }
}
