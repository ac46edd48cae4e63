import { afterEach, expect, it, vi } from 'vitest';
import { newId } from './newId.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('makes ids on a page without a secure context, each another', () => {
  const { crypto } = globalThis;
  // The part that a browser provides on such a page.
  vi.stubGlobal('crypto', {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});
