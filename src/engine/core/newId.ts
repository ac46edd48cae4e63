// Ids that no other run, file or tab has. `crypto.randomUUID` is missing on pages that came over plain http from another machine,
// so they are made of the random bytes that every page has.

/** @returns 128 random bits as 32 hexadecimal digits */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
