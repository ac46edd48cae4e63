// WGSL of sums over the lanes of a workgroup; every lane receives the sum. All lanes must call each of these functions. On an
// adapter that is a CPU, every subgroup first clears all of its workgroup memory, which takes as long as thousands of
// additions. There a workgroup is a single subgroup, each row or column belongs to one lane, and only sums over all lanes need
// an exchange.

/** Lanes of a workgroup on an adapter that is a CPU: one quad. */
export const CPU_LANES = 4;

/** `fn row_sum(lane, value)`: the sum over `perRow` neighbouring lanes; perRow is a power of two. */
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

/** `fn sum_of_lanes(lane, value)`: the sum over all lanes. */
export const sumOfLanes = (lanes: number, onCpu: boolean) =>
  onCpu
    ? `fn sum_of_lanes(lane: u32, value: f32) -> f32 {
         let pairs = value + quadSwapX(value);
         return pairs + quadSwapY(pairs);
       }`
    : `var<workgroup> lane_parts: array<f32, ${lanes}>;
       fn sum_of_lanes(lane: u32, value: f32) -> f32 {
         lane_parts[lane] = value;
         workgroupBarrier();
         for (var step = ${lanes / 2}u; step > 0u; step /= 2u) {
           if (lane < step) { lane_parts[lane] += lane_parts[lane + step]; }
           workgroupBarrier();
         }
         let sum = lane_parts[0];
         workgroupBarrier();
         return sum;
       }`;

/** Columns that a workgroup sums: as many as fit a cache line. */
const GPU_COLUMNS = 8;

export const columnsOf = (onCpu: boolean) => (onCpu ? CPU_LANES : GPU_COLUMNS);

/** `fn column_sum(lane, value)`: the sum over the lanes whose index is equal modulo the number of columns. */
export function columnSum(lanes: number, columns: number): string {
  if (lanes === columns) return 'fn column_sum(lane: u32, value: vec2f) -> vec2f { return value; }';
  return `
  var<workgroup> column_parts: array<vec2f, ${lanes}>;
  fn column_sum(lane: u32, value: vec2f) -> vec2f {
    column_parts[lane] = value;
    workgroupBarrier();
    for (var step = ${lanes / 2}u; step >= ${columns}u; step /= 2u) {
      if (lane < step) { column_parts[lane] += column_parts[lane + step]; }
      workgroupBarrier();
    }
    let sum = column_parts[lane % ${columns}u];
    workgroupBarrier();
    return sum;
  }`;
}
