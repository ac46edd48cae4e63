// The committed module is what its sources compile to.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileKernels, generatedFile } from '../../../../scripts/buildWasm.mjs';
import { simdBinary } from './simd.generated.ts';

it('is up to date: npm run build:wasm gives the committed bytes', async () => {
  expect(await compileKernels()).toBe(readFileSync(generatedFile, 'utf8'));
}, 60_000);

it('brings no memory, data or start function that could meet those of its host', () => {
  const module = new WebAssembly.Module(Uint8Array.from(atob(simdBinary), (c) => c.charCodeAt(0)));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  expect(WebAssembly.Module.exports(module).filter((e) => e.kind !== 'function')).toEqual([]);
});
