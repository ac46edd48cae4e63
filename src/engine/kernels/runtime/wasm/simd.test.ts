// The committed module is what its sources compile to.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileKernels, generatedFile } from '../../../../../scripts/buildWasm.mjs';
import { relaxedSimdBinary, simdBinary } from './simd.generated.ts';

it('is up to date: npm run build:wasm gives the committed bytes', async () => {
  expect(await compileKernels()).toBe(readFileSync(generatedFile, 'utf8'));
});

it('brings no memory, data or start function that could meet those of its host', () => {
  const module = new WebAssembly.Module(bytesOf(simdBinary));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  expect(WebAssembly.Module.exports(module).filter((e) => e.kind !== 'function')).toEqual([]);
});

/** Prefix and number of `f32x4.relaxed_madd`, which only an engine with relaxed SIMD takes. */
const RELAXED_MADD = [0xfd, 0x85, 0x02];

it('multiplies and adds in one instruction only where the module says so', () => {
  const has = (bytes: Uint8Array) => bytes.some((_, i) => RELAXED_MADD.every((b, k) => bytes[i + k] === b));
  expect(has(bytesOf(relaxedSimdBinary))).toBe(true);
  expect(has(bytesOf(simdBinary))).toBe(false);
});

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
