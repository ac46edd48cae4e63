// Hashes of text for ids and seeds: fast, the same everywhere, not cryptographic.

/** Four 32-bit words, by a hash similar to MurmurHash3 (Appleby 2011). */
export function hashWords(text: string): [number, number, number, number] {
  let a = 0x6a09e667;
  let b = 0xbb67ae85;
  let c = 0x3c6ef372;
  let d = 0xa54ff53a;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 0x239b961b);
    b = c ^ Math.imul(b ^ k, 0xab0e9789);
    c = d ^ Math.imul(c ^ k, 0x38b34ae5);
    d = a ^ Math.imul(d ^ k, 0xa1e38b93);
  }
  const mix = (h: number) => {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  return [mix(a), mix(b ^ a), mix(c ^ b), mix(d ^ c)];
}

/** JSON with sorted object keys, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
      : item,
  );

/** A 64-bit hash of a plain value as sixteen hexadecimal digits: collisions are unlikely among a million values. */
export function hashOf(value: unknown): string {
  const [a, b] = hashWords(canonicalJson(value));
  return [a, b].map((word) => word.toString(16).padStart(8, '0')).join('');
}
