// WGSL of sums over the lanes of a workgroup; every lane gets the sum. Each is called by all lanes.

/** `fn row_sum(lane, value)`: over `perRow` neighbouring lanes, a power of two. */
export function rowSum(lanes: number, perRow: number): string {
  if (perRow === 1) return 'fn row_sum(lane: u32, value: vec2f) -> vec2f { return value; }';
  return `
    var<workgroup> row_parts: array<vec2f, ${lanes}>;
    fn row_sum(lane: u32, value: vec2f) -> vec2f {
      row_parts[lane] = value;
      workgroupBarrier();
      for (var step = ${perRow / 2}u; step > 0u; step /= 2u) {
        if (lane % ${perRow}u < step) { row_parts[lane] += row_parts[lane + step]; }
        workgroupBarrier();
      }
      let sum = row_parts[lane - lane % ${perRow}u];
      workgroupBarrier();
      return sum;
    }`;
}

/** Columns whose sums a workgroup computes; a cache line. */
export const COLUMNS = 8;

/** `fn column_sum(lane, value)`: over the lanes that are equal modulo COLUMNS. */
export const columnSum = (lanes: number) => `
  var<workgroup> column_parts: array<vec2f, ${lanes}>;
  fn column_sum(lane: u32, value: vec2f) -> vec2f {
    column_parts[lane] = value;
    workgroupBarrier();
    for (var step = ${lanes / 2}u; step >= ${COLUMNS}u; step /= 2u) {
      if (lane < step) { column_parts[lane] += column_parts[lane + step]; }
      workgroupBarrier();
    }
    let sum = column_parts[lane % ${COLUMNS}u];
    workgroupBarrier();
    return sum;
  }`;
