/** exp(x_i) / sum exp(x), [n], in float64. */
export function softmaxOf(x: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(x);
  const largest = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}
