// Globally unique ids. `crypto.randomUUID` is missing on pages loaded over plain http from another machine, so ids are made of
// random bytes, which every page has.

/** @returns 128 random bits as 32 hexadecimal digits */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
